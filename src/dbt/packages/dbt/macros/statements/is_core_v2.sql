{% macro is_core_v2() %}
  {%- do return((dbt_version.split('.') | first | int) == 2) -%}
{% endmacro %}
