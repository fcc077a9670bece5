{#-
  A table that later runs add to. What the query gives lands in a temporary table first, and a strategy
  takes it from there.
-#}
{% materialization incremental, default %}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set temp_relation = make_temp_relation(target_relation) -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set backup_relation = make_backup_relation(
    target_relation, 'table' if existing_relation is none else existing_relation.type
  ) -%}

  {%- set unique_key = config.get('unique_key') -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set replaces_view = existing_relation is not none and existing_relation.is_view -%}
  {%- set rebuild = replaces_view or should_full_refresh() -%}

  {%- for leftover in [intermediate_relation, backup_relation] -%}
    {%- do drop_relation_if_exists(load_cached_relation(leftover)) -%}
  {%- endfor -%}

  {%- do run_hooks(pre_hooks, inside_transaction=false) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=true) -%}

  {%- set strategy = config.get('incremental_strategy') or 'default' -%}
  {%- set strategy_sql = adapter.get_incremental_strategy_macro(context, strategy) -%}

  {%- if existing_relation is none -%}
    {%- set written = target_relation -%}
    {%- set build_sql = get_create_table_as_sql(false, target_relation, sql) -%}
  {%- elif rebuild -%}
    {%- set written = intermediate_relation -%}
    {%- set build_sql = get_create_table_as_sql(false, intermediate_relation, sql) -%}
  {%- else -%}
    {%- do run_query(get_create_table_as_sql(true, temp_relation, sql)) -%}
    {%- if not config.get('contract').enforced -%}
      {%- do adapter.expand_target_column_types(from_relation=temp_relation, to_relation=target_relation) -%}
    {%- endif -%}
    {%- set columns = process_schema_changes(on_schema_change, temp_relation, existing_relation) -%}
    {%- set build_sql = strategy_sql({
      'target_relation': target_relation,
      'temp_relation': temp_relation,
      'unique_key': unique_key,
      'dest_columns': columns or adapter.get_columns_in_relation(existing_relation),
      'incremental_predicates': config.get('predicates') or config.get('incremental_predicates')
    }) -%}
  {%- endif -%}

  {%- call statement('main') -%}
    {{ build_sql }}
  {%- endcall -%}

  {%- if existing_relation is none or rebuild -%}
    {%- do create_indexes(written) -%}
  {%- endif -%}

  {%- set swapped = existing_relation is not none and rebuild -%}
  {%- if swapped -%}
    {%- do adapter.rename_relation(target_relation, backup_relation) -%}
    {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
  {%- endif -%}

  {%- do apply_grants(
    target_relation, config.get('grants'),
    should_revoke=should_revoke(existing_relation, full_refresh_mode=rebuild)
  ) -%}
  {%- do persist_docs(target_relation, model) -%}

  {%- do run_hooks(post_hooks, inside_transaction=true) -%}
  {%- do adapter.commit() -%}

  {%- if swapped -%}
    {%- do adapter.drop_relation(backup_relation) -%}
  {%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=false) -%}

  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}
