{#- The names of the columns that a snapshot adds; the config `snapshot_meta_column_names` changes them. -#}
{% macro get_snapshot_table_column_names() %}
  {%- do return({
    'dbt_scd_id': 'dbt_scd_id',
    'dbt_updated_at': 'dbt_updated_at',
    'dbt_valid_from': 'dbt_valid_from',
    'dbt_valid_to': 'dbt_valid_to',
    'dbt_is_deleted': 'dbt_is_deleted'
  }) -%}
{% endmacro %}

{#-
  dbt_valid_to of a version that stands: null, or what the config `dbt_valid_to_current` says, in the type
  of `updated_at`.
-#}
{% macro get_dbt_valid_to_current(strategy, columns) %}
  {%- set null_of_its_type = 'nullif(' ~ strategy.updated_at ~ ', ' ~ strategy.updated_at ~ ')' -%}
  {{- 'coalesce(' ~ null_of_its_type ~ ', ' ~ (config.get('dbt_valid_to_current') or 'null') ~ ') as ' ~ columns.dbt_valid_to -}}
{% endmacro %}

{#- Columns that the source has gained. -#}
{% macro create_columns(relation, columns) %}
  {%- do return(adapter.dispatch('create_columns', 'dbt')(relation, columns)) -%}
{% endmacro %}

{% macro default__create_columns(relation, columns) %}
  {%- for column in columns -%}
    {%- call statement() -%}
      alter table {{ relation.render() }} add column {{ adapter.quote(column.name) }} {{ column.expanded_data_type }};
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}

{% macro get_true_sql() %}
  {%- do return(adapter.dispatch('get_true_sql', 'dbt')()) -%}
{% endmacro %}

{% macro default__get_true_sql() %}
  {%- do return('TRUE') -%}
{% endmacro %}
