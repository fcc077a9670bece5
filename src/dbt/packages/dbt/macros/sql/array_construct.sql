{#- An array of expressions of one type; the type is told where there are none. -#}
{% macro array_construct(inputs=[], data_type=api.Column.translate_type('integer')) %}
  {%- do return(adapter.dispatch('array_construct', 'dbt')(inputs, data_type)) -%}
{% endmacro %}

{% macro default__array_construct(inputs, data_type) %}
  {{- 'array[' ~ inputs | join(', ') ~ ']' ~ ('' if inputs else '::' ~ data_type ~ '[]') -}}
{% endmacro %}
