{#- The part of a text between two delimiters, counted from 1. -#}
{% macro split_part(string_text, delimiter_text, part_number) %}
  {%- do return(adapter.dispatch('split_part', 'dbt')(string_text, delimiter_text, part_number)) -%}
{% endmacro %}

{% macro default__split_part(string_text, delimiter_text, part_number) -%}
  split_part({{ string_text }}, {{ delimiter_text }}, {{ part_number }})
{%- endmacro %}

{#-
  Counted from the end, for databases whose own function cannot: there is one part more than there are
  delimiters.
-#}
{% macro _split_part_negative(string_text, delimiter_text, part_number) -%}
  split_part(
    {{ string_text }},
    {{ delimiter_text }},
    length({{ string_text }}) - length(replace({{ string_text }}, {{ delimiter_text }}, '')) + 2 + {{ part_number }}
  )
{%- endmacro %}
