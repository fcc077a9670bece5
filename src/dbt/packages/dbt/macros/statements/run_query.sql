{#- The rows of a query as a table. No transaction is begun for it. -#}
{% macro run_query(sql) %}
  {%- call statement('run_query_statement', fetch_result=true, auto_begin=false) -%}
    {{ sql }}
  {%- endcall -%}
  {%- set result = load_result('run_query_statement') -%}
  {%- do return(result.table) -%}
{% endmacro %}
