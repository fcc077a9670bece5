{#- Tables: create, drop, rename, replace. -#}
{% macro get_create_table_as_sql(temporary, relation, sql) %}
  {%- do return(adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql)) -%}
{% endmacro %}

{% macro default__get_create_table_as_sql(temporary, relation, sql) %}
  {%- do return(create_table_as(temporary, relation, sql)) -%}
{% endmacro %}


{#- The older name, and the one that adapters override; those that know no Python take no `language`. -#}
{% macro create_table_as(temporary, relation, compiled_code, language='sql') %}
  {%- set create = adapter.dispatch('create_table_as', 'dbt') -%}
  {%- if language == 'sql' -%}
    {%- do return(create(temporary, relation, compiled_code)) -%}
  {%- endif -%}
  {%- do return(create(temporary, relation, compiled_code, language)) -%}
{% endmacro %}

{% macro default__create_table_as(temporary, relation, sql) %}
  {%- set promised = not temporary and config.get('contract').enforced -%}
  {%- if promised -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ config.get('sql_header') or '' }}
  create {{ 'temporary ' if temporary }}table {{ relation.include(database=not temporary, schema=not temporary) }}
  {{ get_table_columns_and_constraints() if promised }}
  as (
    {{ get_select_subquery(sql) if promised else sql }}
  );
{% endmacro %}


{% macro drop_table(relation) %}
  {%- do return(adapter.dispatch('drop_table', 'dbt')(relation)) -%}
{% endmacro %}

{% macro default__drop_table(relation) %}
  {{- 'drop table if exists ' ~ relation.render() ~ ' cascade' -}}
{% endmacro %}


{% macro get_rename_table_sql(relation, new_name) %}
  {%- do return(adapter.dispatch('get_rename_table_sql', 'dbt')(relation, new_name)) -%}
{% endmacro %}

{% macro default__get_rename_table_sql(relation, new_name) %}
  {%- do exceptions.raise_compiler_error('This adapter does not implement `get_rename_table_sql`') -%}
{% endmacro %}


{% macro get_replace_table_sql(relation, sql) %}
  {%- do return(adapter.dispatch('get_replace_table_sql', 'dbt')(relation, sql)) -%}
{% endmacro %}

{% macro default__get_replace_table_sql(relation, sql) %}
  {%- do exceptions.raise_compiler_error('This adapter does not implement `get_replace_table_sql`') -%}
{% endmacro %}
