{#- Views: create, drop, rename, replace. -#}
{% macro get_create_view_as_sql(relation, sql) %}
  {%- do return(adapter.dispatch('get_create_view_as_sql', 'dbt')(relation, sql)) -%}
{% endmacro %}

{% macro default__get_create_view_as_sql(relation, sql) %}
  {%- do return(create_view_as(relation, sql)) -%}
{% endmacro %}


{#- The older name, and the one that adapters override. -#}
{% macro create_view_as(relation, sql) %}
  {%- do return(adapter.dispatch('create_view_as', 'dbt')(relation, sql)) -%}
{% endmacro %}

{% macro default__create_view_as(relation, sql) %}
  {%- if config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ config.get('sql_header') or '' }}
  create view {{ relation.render() }} as (
    {{ sql }}
  );
{% endmacro %}


{% macro drop_view(relation) %}
  {%- do return(adapter.dispatch('drop_view', 'dbt')(relation)) -%}
{% endmacro %}

{% macro default__drop_view(relation) %}
  {{- 'drop view if exists ' ~ relation.render() ~ ' cascade' -}}
{% endmacro %}


{% macro get_rename_view_sql(relation, new_name) %}
  {%- do return(adapter.dispatch('get_rename_view_sql', 'dbt')(relation, new_name)) -%}
{% endmacro %}

{% macro default__get_rename_view_sql(relation, new_name) %}
  {%- do exceptions.raise_compiler_error('This adapter does not implement `get_rename_view_sql`') -%}
{% endmacro %}


{% macro get_replace_view_sql(relation, sql) %}
  {%- do return(adapter.dispatch('get_replace_view_sql', 'dbt')(relation, sql)) -%}
{% endmacro %}

{% macro default__get_replace_view_sql(relation, sql) %}
  {%- do exceptions.raise_compiler_error('This adapter does not implement `get_replace_view_sql`') -%}
{% endmacro %}
