{#-
  Asked with `describe`, which reads one table's columns; a list of all columns would load whole attached
  catalogues.
-#}
{% macro duckdb__get_columns_in_relation(relation) %}
  {%- call statement('get_columns_in_relation', fetch_result=true) -%}
    select
      column_name,
      column_type as data_type,
      null::bigint as character_maximum_length,
      null::bigint as numeric_precision,
      null::bigint as numeric_scale
    from (describe {{ relation.render() }})
  {%- endcall -%}
  {%- do return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) -%}
{% endmacro %}

{#- The query is put into `describe (…)`, where a header could not stand: it is run before. -#}
{% macro duckdb__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
  {%- if select_sql_header is not none -%}
    {%- do run_query(select_sql_header) -%}
  {%- endif -%}
  select * from (
    {{ select_sql }}
  ) as __dbt_sbq
  where false
  limit 0
{% endmacro %}
