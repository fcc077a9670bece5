{#- Whether it is true of one row of a group. -#}
{% macro bool_or(expression) %}
  {%- do return(adapter.dispatch('bool_or', 'dbt')(expression)) -%}
{% endmacro %}

{% macro default__bool_or(expression) -%}
  bool_or({{ expression }})
{%- endmacro %}
