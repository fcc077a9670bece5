{#- One row per column, from the functions that DuckDB lists its own catalogue with. -#}
{% macro duckdb__get_catalog(information_schema, schemas) %}
  {%- set wanted = duckdb__get_catalog_schemas_where_clause_sql(schemas) -%}
  {%- set sql -%}
    with tables as (
      {{ duckdb__get_catalog_tables_sql(information_schema) }} {{ wanted }}
    ),
    columns as (
      {{ duckdb__get_catalog_columns_sql(information_schema) }} {{ wanted }}
    )
    {{ duckdb__get_catalog_results_sql() }}
  {%- endset -%}
  {%- do return(run_query(sql)) -%}
{% endmacro %}

{% macro duckdb__get_catalog_relations(information_schema, relations) %}
  {%- set wanted = duckdb__get_catalog_relations_where_clause_sql(relations) -%}
  {%- set sql -%}
    with tables as (
      {{ duckdb__get_catalog_tables_sql(information_schema) }} {{ wanted }}
    ),
    columns as (
      {{ duckdb__get_catalog_columns_sql(information_schema) }} {{ wanted }}
    )
    {{ duckdb__get_catalog_results_sql() }}
  {%- endset -%}
  {%- do return(run_query(sql)) -%}
{% endmacro %}


{% macro duckdb__get_catalog_tables_sql(information_schema) %}
  select * from (
    select
      database_name as table_database, schema_name as table_schema, table_name,
      'BASE TABLE' as table_type, comment as table_comment
    from duckdb_tables()
    where upper(database_name) = upper('{{ information_schema.database }}')
    union all
    select database_name, schema_name, view_name, 'VIEW', comment
    from duckdb_views()
    where upper(database_name) = upper('{{ information_schema.database }}')
  ) catalog_tables
{% endmacro %}

{% macro duckdb__get_catalog_columns_sql(information_schema) %}
  select * from (
    select
      database_name as table_database, schema_name as table_schema, table_name,
      column_name, column_index, data_type as column_type, comment as column_comment
    from duckdb_columns()
    where upper(database_name) = upper('{{ information_schema.database }}')
  ) catalog_columns
{% endmacro %}

{% macro duckdb__get_catalog_results_sql() %}
  select
    table_database, table_schema, table_name, table_type, table_comment,
    column_name, column_index, column_type, column_comment,
    null as table_owner
  from tables
  join columns using (table_database, table_schema, table_name)
  order by table_schema, table_name, column_index
{% endmacro %}


{#- Nothing asked for, nothing found. -#}
{% macro duckdb__get_catalog_schemas_where_clause_sql(schemas) %}
  {%- set conditions = [] -%}
  {%- for schema in schemas -%}
    {%- do conditions.append("upper(table_schema) = upper('" ~ schema ~ "')") -%}
  {%- endfor -%}
  {{- 'where ' ~ ('(' ~ conditions | join(' or ') ~ ')' if conditions else '1 = 0') -}}
{% endmacro %}

{% macro duckdb__get_catalog_relations_where_clause_sql(relations) %}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- if not relation.schema -%}
      {%- do exceptions.raise_compiler_error('`get_catalog_relations` takes relations that have a schema') -%}
    {%- endif -%}
    {%- set in_schema = "upper(table_schema) = upper('" ~ relation.schema ~ "')" -%}
    {%- set by_name = " and upper(table_name) = upper('" ~ relation.identifier ~ "')" if relation.identifier else '' -%}
    {%- do conditions.append('(' ~ in_schema ~ by_name ~ ')') -%}
  {%- endfor -%}
  {{- 'where ' ~ ('(' ~ conditions | join(' or ') ~ ')' if conditions else '1 = 0') -}}
{% endmacro %}
