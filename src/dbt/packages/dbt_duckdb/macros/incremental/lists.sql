{#- A config that is one text or a list of texts, as a list. `field_name` is for the message. -#}
{% macro normalize_string_or_list(raw, field_name) %}
  {%- if raw is none -%}
    {%- do return([]) -%}
  {%- elif raw is string -%}
    {%- do return([raw]) -%}
  {%- elif raw is mapping or raw is not sequence -%}
    {%- do exceptions.raise_compiler_error(field_name ~ ' must be a list of strings or a string') -%}
  {%- elif raw | reject('string') | list -%}
    {%- do exceptions.raise_compiler_error(field_name ~ ' list values must be non-empty strings') -%}
  {%- endif -%}
  {%- do return(raw | list) -%}
{% endmacro %}

{% macro normalize_incremental_predicates(incremental_predicates) %}
  {%- do return(normalize_string_or_list(incremental_predicates, 'incremental_predicates')) -%}
{% endmacro %}
