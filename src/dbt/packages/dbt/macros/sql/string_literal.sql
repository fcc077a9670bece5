{#- A text as SQL writes it. Single quotes in it are the caller's. -#}
{% macro string_literal(value) %}
  {%- do return(adapter.dispatch('string_literal', 'dbt')(value)) -%}
{% endmacro %}

{% macro default__string_literal(value) -%}
  '{{ value }}'
{%- endmacro %}
