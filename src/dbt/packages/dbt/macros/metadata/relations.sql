{#- Which relations there are: rows (database, name, schema, type). Fills the cache. -#}
{% macro list_relations_without_caching(schema_relation) %}
  {%- do return(adapter.dispatch('list_relations_without_caching', 'dbt')(schema_relation)) -%}
{% endmacro %}

{% macro default__list_relations_without_caching(schema_relation) %}
  {%- do exceptions.raise_not_implemented(
    'Adapter ' ~ adapter.type() ~ ' does not implement `list_relations_without_caching`'
  ) -%}
{% endmacro %}


{% macro list_function_relations_without_caching(schema_relation) %}
  {%- do return(adapter.dispatch('list_function_relations_without_caching', 'dbt')(schema_relation)) -%}
{% endmacro %}

{% macro default__list_function_relations_without_caching(schema_relation) %}
  {%- do exceptions.raise_not_implemented(
    'Adapter ' ~ adapter.type() ~ ' does not implement `list_function_relations_without_caching`'
  ) -%}
{% endmacro %}


{#- Which relations read which others, where the database knows. -#}
{% macro get_relations() %}
  {%- do return(adapter.dispatch('get_relations', 'dbt')()) -%}
{% endmacro %}

{% macro default__get_relations() %}
  {%- do exceptions.raise_not_implemented(
    'Adapter ' ~ adapter.type() ~ ' does not implement `get_relations`'
  ) -%}
{% endmacro %}
