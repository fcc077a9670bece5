{#-
  What changed since the last snapshot, as a query. Each row says in dbt_change_type what is to be done
  with it:
    insert  a version that is new: of a row that is new or has changed, or that says that a row was deleted;
    update  a version that ends, because its row has changed;
    delete  a version that ends, because its row is gone.
  The strategy's SQL names the versions that stand `snapshotted_data`, and the rows of today
  `source_data`.
-#}
{% macro snapshot_staging_table(strategy, source_sql, target_relation) %}
  {%- do return(adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation)) -%}
{% endmacro %}

{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) %}
  {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
  {%- set key = strategy.unique_key -%}
  {%- set standing_mark = (config.get('dbt_valid_to_current') or '') | trim -%}
  {%- set tells_deletes = strategy.hard_deletes == 'new_record' -%}
  {%- set ends_deleted = tells_deletes or strategy.hard_deletes == 'invalidate' -%}

  {%- set same_key = unique_key_join_on(key, 'snapshotted_data', 'source_data') -%}
  {%- set was_deleted = 'snapshotted_data.' ~ columns.dbt_is_deleted ~ " = 'True'" -%}
  {%- set changed = strategy.row_changed ~ (' or ' ~ was_deleted if tells_deletes else '') -%}

  {#- Rows that are gone, but for those whose last version says so already. -#}
  {%- set valid_to = 'snapshotted_data.' ~ columns.dbt_valid_to -%}
  {%- set still_standing = valid_to ~ (' = ' ~ standing_mark if standing_mark else ' is null') -%}
  {%- set gone = unique_key_is_null(key, 'source_data')
                 ~ (' and not (' ~ was_deleted ~ ' and ' ~ still_standing ~ ')' if tells_deletes else '') %}
  with snapshot_query as (
    {{ source_sql }}
  ),

  snapshotted_data as (
    select *, {{ unique_key_fields(key) }}
    from {{ target_relation }}
    where {{ columns.dbt_valid_to }} is null
      {{ 'or ' ~ equals(columns.dbt_valid_to, standing_mark) if standing_mark }}
  ),

  begun as (
    select *, {{ unique_key_fields(key) }},
      {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
      {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
      {{ get_dbt_valid_to_current(strategy, columns) }},
      {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}
    from snapshot_query
  ),

  ended as (
    select *, {{ unique_key_fields(key) }},
      {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
      {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
      {{ strategy.updated_at }} as {{ columns.dbt_valid_to }}
    from snapshot_query
  )
  {%- if ends_deleted %},

  keyed as (
    select *, {{ unique_key_fields(key) }}
    from snapshot_query
  )
  {%- endif %}

  select 'insert' as dbt_change_type, source_data.*
    {{- ", 'False' as " ~ columns.dbt_is_deleted if tells_deletes }}
  from begun as source_data
  left join snapshotted_data on {{ same_key }}
  where {{ unique_key_is_null(key, 'snapshotted_data') }} or ({{ changed }})

  union all

  select 'update' as dbt_change_type, source_data.*, snapshotted_data.{{ columns.dbt_scd_id }}
    {{- ', snapshotted_data.' ~ columns.dbt_is_deleted if tells_deletes }}
  from ended as source_data
  join snapshotted_data on {{ same_key }}
  where {{ changed }}
  {%- if ends_deleted %}

  union all

  select 'delete' as dbt_change_type, source_data.*,
    {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
    {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
    {{ snapshot_get_time() }} as {{ columns.dbt_valid_to }},
    snapshotted_data.{{ columns.dbt_scd_id }}
    {{- ', snapshotted_data.' ~ columns.dbt_is_deleted if tells_deletes }}
  from snapshotted_data
  left join keyed as source_data on {{ same_key }}
  where {{ gone }}
  {%- endif %}
  {%- if tells_deletes %}
  {%- set table_columns = get_list_of_column_names(get_columns_in_relation(target_relation)) %}

  union all

  select 'insert' as dbt_change_type,
    {%- for name in get_columns_in_query(source_sql) %}
    {{ 'snapshotted_data' if name in table_columns else 'source_data' }}.{{ adapter.quote(name) }},
    {%- endfor %}
    {%- for part in (key if key | is_list else [key]) %}
    snapshotted_data.dbt_unique_key{{ '_' ~ loop.index if key | is_list }},
    {%- endfor %}
    {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
    {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
    snapshotted_data.{{ columns.dbt_valid_to }},
    {{ snapshot_hash_arguments(['snapshotted_data.' ~ columns.dbt_scd_id, snapshot_get_time()]) }} as {{ columns.dbt_scd_id }},
    'True' as {{ columns.dbt_is_deleted }}
  from snapshotted_data
  left join keyed as source_data on {{ same_key }}
  where {{ gone }}
  {%- endif %}
{% endmacro %}
