{#- What `docs generate` shows of the database: one row per column, of whole schemas or of some relations. -#}
{% macro get_catalog(information_schema, schemas) %}
  {%- do return(adapter.dispatch('get_catalog', 'dbt')(information_schema, schemas)) -%}
{% endmacro %}

{% macro default__get_catalog(information_schema, schemas) %}
  {%- do exceptions.raise_compiler_error(
    'Adapter ' ~ adapter.type() ~ ' does not implement `get_catalog`'
  ) -%}
{% endmacro %}


{% macro get_catalog_relations(information_schema, relations) %}
  {%- do return(adapter.dispatch('get_catalog_relations', 'dbt')(information_schema, relations)) -%}
{% endmacro %}

{% macro default__get_catalog_relations(information_schema, relations) %}
  {%- do exceptions.raise_compiler_error(
    'Adapter ' ~ adapter.type() ~ ' does not implement `get_catalog_relations`'
  ) -%}
{% endmacro %}


{% macro get_catalog_for_single_relation(relation) %}
  {%- do return(adapter.dispatch('get_catalog_for_single_relation', 'dbt')(relation)) -%}
{% endmacro %}

{% macro default__get_catalog_for_single_relation(relation) %}
  {%- do exceptions.raise_not_implemented(
    'Adapter ' ~ adapter.type() ~ ' does not implement `get_catalog_for_single_relation`'
  ) -%}
{% endmacro %}
