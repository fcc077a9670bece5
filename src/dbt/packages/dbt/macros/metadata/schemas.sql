{#- Which schemas there are. -#}
{% macro information_schema_name(database) %}
  {%- do return(adapter.dispatch('information_schema_name', 'dbt')(database)) -%}
{% endmacro %}

{% macro default__information_schema_name(database) %}
  {{- (database ~ '.' if database else '') ~ 'INFORMATION_SCHEMA' -}}
{% endmacro %}


{% macro list_schemas(database) %}
  {%- do return(adapter.dispatch('list_schemas', 'dbt')(database)) -%}
{% endmacro %}

{% macro default__list_schemas(database) %}
  {%- set sql %}
    select distinct schema_name
    from {{ information_schema_name(database) }}.SCHEMATA
    where catalog_name ilike '{{ database }}'
  {% endset -%}
  {%- do return(run_query(sql)) -%}
{% endmacro %}


{#- A table of one value: how many schemas have that name. -#}
{% macro check_schema_exists(information_schema, schema) %}
  {%- do return(adapter.dispatch('check_schema_exists', 'dbt')(information_schema, schema)) -%}
{% endmacro %}

{% macro default__check_schema_exists(information_schema, schema) %}
  {%- set sql %}
    select count(*)
    from {{ information_schema.replace(information_schema_view='SCHEMATA') }}
    where schema_name = '{{ schema }}' and catalog_name = '{{ information_schema.database }}'
  {% endset -%}
  {%- do return(run_query(sql)) -%}
{% endmacro %}
