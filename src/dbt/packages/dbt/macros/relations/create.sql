{#- SQL that creates a relation of any type. -#}
{% macro get_create_sql(relation, sql) %}
  {%- do log('Applying CREATE to: ' ~ relation) -%}
  {%- do return(adapter.dispatch('get_create_sql', 'dbt')(relation, sql)) -%}
{% endmacro %}

{% macro default__get_create_sql(relation, sql) %}
  {%- if relation.is_view -%}
    {%- do return(get_create_view_as_sql(relation, sql)) -%}
  {%- elif relation.is_table -%}
    {%- do return(get_create_table_as_sql(false, relation, sql)) -%}
  {%- elif relation.is_materialized_view -%}
    {%- do return(get_create_materialized_view_as_sql(relation, sql)) -%}
  {%- endif -%}
  {%- do exceptions.raise_compiler_error(
    'Creating a ' ~ relation.type ~ ' is not implemented: `get_create_sql`'
  ) -%}
{% endmacro %}
