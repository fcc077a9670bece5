{#- Schemas. Databases of other kinds that are attached have theirs, or none. -#}
{% macro duckdb__create_schema(relation) %}
  {%- call statement('create_schema') -%}
    {%- set attached -%}
      select type from duckdb_databases()
      where lower(database_name) = '{{ relation.database | lower }}' and type != 'duckdb'
    {%- endset -%}
    {%- set types = run_query(attached) -%}
    {%- set type = types[0][0] if types | length > 0 else 'duckdb' -%}
    {%- if type == 'sqlite' and relation.schema != 'main' -%}
      {%- do exceptions.raise_compiler_error(
        "SQLite has one schema, 'main': the model is built in '" ~ relation.schema ~ "'"
      ) -%}
    {%- elif type not in ['sqlite', 'mysql'] -%}
      create schema if not exists {{ relation.without_identifier() }}
    {%- endif -%}
  {%- endcall -%}
{% endmacro %}

{% macro duckdb__drop_schema(relation) %}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier() }} cascade
  {%- endcall -%}
{% endmacro %}

{% macro duckdb__list_schemas(database) %}
  {%- set sql -%}
    select schema_name
    from system.information_schema.schemata
    {{ "where lower(catalog_name) = '" ~ database | lower ~ "'" if database is not none }}
  {%- endset -%}
  {%- do return(run_query(sql)) -%}
{% endmacro %}

{% macro duckdb__check_schema_exists(information_schema, schema) %}
  {%- set sql -%}
    select count(*)
    from system.information_schema.schemata
    where lower(catalog_name) = '{{ information_schema.database | lower }}' and lower(schema_name) = '{{ schema | lower }}'
  {%- endset -%}
  {%- do return(run_query(sql)) -%}
{% endmacro %}
