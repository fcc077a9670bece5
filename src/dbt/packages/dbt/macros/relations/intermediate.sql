{#- SQL that builds a relation under its intermediate name, and SQL that then gives it its own. -#}
{% macro get_create_intermediate_sql(relation, sql) %}
  {%- do log('Applying CREATE INTERMEDIATE to: ' ~ relation) -%}
  {%- do return(adapter.dispatch('get_create_intermediate_sql', 'dbt')(relation, sql)) -%}
{% endmacro %}

{% macro default__get_create_intermediate_sql(relation, sql) %}
  {%- set intermediate = make_intermediate_relation(relation) -%}
  {{ get_drop_sql(intermediate) }};
  {{ get_create_sql(intermediate, sql) }}
{% endmacro %}


{% macro get_rename_intermediate_sql(relation) %}
  {%- do log('Applying RENAME INTERMEDIATE to: ' ~ relation) -%}
  {%- do return(adapter.dispatch('get_rename_intermediate_sql', 'dbt')(relation)) -%}
{% endmacro %}

{% macro default__get_rename_intermediate_sql(relation) %}
  {%- do return(get_rename_sql(make_intermediate_relation(relation), relation.identifier)) -%}
{% endmacro %}
