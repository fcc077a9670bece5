{#- The first snapshot: every row of the query is a version that stands. -#}
{% macro build_snapshot_table(strategy, sql) %}
  {%- do return(adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql)) -%}
{% endmacro %}

{% macro default__build_snapshot_table(strategy, sql) %}
  {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() %}
  select *,
    {{ strategy.scd_id }} as {{ columns.dbt_scd_id }},
    {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
    {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
    {{ get_dbt_valid_to_current(strategy, columns) }}
    {%- if strategy.hard_deletes == 'new_record' %},
    'False' as {{ columns.dbt_is_deleted }}
    {%- endif %}
  from (
    {{ sql }}
  ) sbq
{% endmacro %}


{#- Each later one: what changed is put into a temporary table, which `snapshot_merge_sql` then merges. -#}
{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
  {%- set staging = make_temp_relation(target_relation) -%}
  {%- set changes = snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- call statement('build_snapshot_staging_relation') -%}
    {{ create_table_as(true, staging, changes) }}
  {%- endcall -%}
  {%- do return(staging) -%}
{% endmacro %}


{#- After all is committed: adapters whose temporary tables stay drop them here. -#}
{% macro post_snapshot(staging_relation) %}
  {%- do return(adapter.dispatch('post_snapshot', 'dbt')(staging_relation)) -%}
{% endmacro %}

{% macro default__post_snapshot(staging_relation) %}
{% endmacro %}
