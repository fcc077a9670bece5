{#- The set operator, with space around it. -#}
{% macro intersect() %}
  {%- do return(adapter.dispatch('intersect', 'dbt')()) -%}
{% endmacro %}

{% macro default__intersect() %}
  {{- ' intersect ' -}}
{% endmacro %}
