{#- Queries without rows: with the columns of another query, or with the columns that a contract promises. -#}
{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) %}
  {%- do return(adapter.dispatch('get_empty_subquery_sql', 'dbt')(select_sql, select_sql_header)) -%}
{% endmacro %}

{% macro default__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
  {{- select_sql_header or '' }}
  select * from (
    {{ select_sql }}
  ) as __dbt_sbq
  where false
  limit 0
{% endmacro %}


{% macro get_empty_schema_sql(columns) %}
  {%- do return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) -%}
{% endmacro %}

{% macro default__get_empty_schema_sql(columns) %}
  {%- set untyped, inexact, selected = [], [], [] -%}
  {%- for column in columns.values() -%}
    {%- set type = column['data_type'] -%}
    {%- if not type -%}
      {%- do untyped.append(column['name']) -%}
    {%- else -%}
      {%- if type.strip().lower() in ('numeric', 'decimal', 'number') -%}
        {%- do inexact.append(column['name']) -%}
      {%- endif -%}
      {%- set name = adapter.quote(column['name']) if column.get('quote') else column['name'] -%}
      {%- do selected.append(cast('null', type) ~ ' as ' ~ name) -%}
    {%- endif -%}
  {%- endfor -%}

  {%- if untyped -%}
    {%- do exceptions.column_type_missing(column_names=untyped) -%}
  {%- elif inexact -%}
    {%- do exceptions.warn(
      'Numeric columns without precision and scale may be rounded: ' ~ inexact | join(', ')
    ) -%}
  {%- endif -%}
  select {{ selected | join(', ') }}
{% endmacro %}
