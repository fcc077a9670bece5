{#- The columns of a relation, as the database knows them. Called by `adapter.get_columns_in_relation`. -#}
{% macro get_columns_in_relation(relation) %}
  {%- do return(adapter.dispatch('get_columns_in_relation', 'dbt')(relation)) -%}
{% endmacro %}

{% macro default__get_columns_in_relation(relation) %}
  {%- do exceptions.raise_not_implemented(
    'Adapter ' ~ adapter.type() ~ ' does not implement `get_columns_in_relation`'
  ) -%}
{% endmacro %}

{#- For adapters that ask with SQL: rows (name, type, text length, precision, scale) become columns. -#}
{% macro sql_convert_columns_in_relation(table) %}
  {%- set columns = [] -%}
  {%- for row in table -%}
    {%- do columns.append(api.Column(*row)) -%}
  {%- endfor -%}
  {%- do return(columns) -%}
{% endmacro %}

{% macro get_list_of_column_names(columns) %}
  {%- do return(columns | map(attribute='name') | list) -%}
{% endmacro %}


{#- The columns whose types the rows of unit tests are cast to. -#}
{% macro get_columns_for_unit_tests(relation) %}
  {%- do return(adapter.dispatch('get_columns_for_unit_tests', 'dbt')(relation)) -%}
{% endmacro %}

{% macro default__get_columns_for_unit_tests(relation) %}
  {%- do return(adapter.get_columns_in_relation(relation)) -%}
{% endmacro %}


{#- The names of a query's columns; and its columns with their types. Neither reads rows. -#}
{% macro get_columns_in_query(select_sql) %}
  {%- do return(adapter.dispatch('get_columns_in_query', 'dbt')(select_sql)) -%}
{% endmacro %}

{% macro default__get_columns_in_query(select_sql) %}
  {%- call statement('get_columns_in_query', fetch_result=true, auto_begin=false) -%}
    {{ get_empty_subquery_sql(select_sql) }}
  {%- endcall -%}
  {%- do return(load_result('get_columns_in_query').table.columns | map(attribute='name') | list) -%}
{% endmacro %}

{% macro get_column_schema_from_query(select_sql, select_sql_header=none) %}
  {%- do return(adapter.get_column_schema_from_query(get_empty_subquery_sql(select_sql, select_sql_header))) -%}
{% endmacro %}
