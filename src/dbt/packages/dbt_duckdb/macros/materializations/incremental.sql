{#- A table that later runs add to, by SQL or Python. -#}
{% materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] %}
  {%- set language = model['language'] -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set backup_relation = make_backup_relation(
    target_relation, 'table' if existing_relation is none else existing_relation.type
  ) -%}

  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set replaces_view = existing_relation is not none and existing_relation.is_view -%}
  {%- set rebuild = replaces_view or should_full_refresh() -%}
  {%- set whole = rebuild or existing_relation is none -%}

  {%- set partitioned_by = duckdb__get_partitioned_by(target_relation, false) if whole else none -%}
  {%- set sorted_by = duckdb__get_sorted_by(target_relation, false) if whole else none -%}

  {#- A run that was killed may have left these. -#}
  {%- for leftover in [intermediate_relation, backup_relation] -%}
    {%- do drop_relation_if_exists(load_cached_relation(leftover)) -%}
  {%- endfor -%}

  {%- set place = duckdb__dispatch_temporary_relation(target_relation, adapter.batch_id_for_model(model)) -%}
  {%- set temp_relation = place.relation -%}
  {%- set to_drop = [] if place.temporary else [temp_relation] -%}

  {%- do run_hooks(pre_hooks, inside_transaction=false) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=true) -%}

  {%- set dropped_dependents = [] -%}
  {%- set in_place = existing_relation is none -%}
  {%- if rebuild and existing_relation is not none and has_foreign_key_constraints(existing_relation) -%}
    {%- set in_place = true -%}
    {%- set dropped_dependents = drop_relation_for_rebuild(existing_relation) -%}
  {%- endif -%}

  {%- if whole -%}
    {%- set build_sql = create_table_as(
      false, target_relation if in_place else intermediate_relation, compiled_code, language,
      partitioned_by=partitioned_by, sorted_by=sorted_by
    ) -%}
  {%- else -%}
    {%- set stage = create_table_as(place.temporary, temp_relation, compiled_code, language) -%}
    {%- if language == 'python' -%}
      {%- call statement('pre', language=language) -%}
        {{- stage }}
      {%- endcall -%}
    {%- else -%}
      {%- do run_query(stage) -%}
    {%- endif -%}
    {%- do adapter.expand_target_column_types(from_relation=temp_relation, to_relation=target_relation) -%}
    {%- set columns = process_schema_changes(on_schema_change, temp_relation, existing_relation) -%}

    {%- set strategy = config.get('incremental_strategy') or 'default' -%}
    {%- set strategy_sql = adapter.get_incremental_strategy_macro(context, strategy) -%}
    {%- set build_sql = strategy_sql({
      'target_relation': target_relation,
      'temp_relation': temp_relation,
      'unique_key': config.get('unique_key'),
      'dest_columns': columns or adapter.get_columns_in_relation(existing_relation),
      'incremental_predicates': config.get('predicates') or config.get('incremental_predicates')
    }) -%}
    {%- set language = 'sql' -%}
  {%- endif -%}

  {#- A lake's table is laid out and filled outside of a transaction. -#}
  {%- set in_transaction = not ((partitioned_by or sorted_by) and adapter.is_ducklake(target_relation)) -%}
  {%- call statement('main', language=language, auto_begin=in_transaction) -%}
    {{- build_sql }}
  {%- endcall -%}

  {%- if whole and not in_place -%}
    {%- do drop_indexes_on_relation(target_relation) -%}
    {%- if may_be_foreign_key_target(target_relation) -%}
      {%- set dropped_dependents = drop_foreign_key_dependents(target_relation) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(target_relation, backup_relation) -%}
    {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
    {%- do to_drop.append(backup_relation) -%}
  {%- endif -%}
  {%- do restore_foreign_key_dependents(dropped_dependents) -%}

  {%- do apply_grants(
    target_relation, config.get('grants'),
    should_revoke=should_revoke(existing_relation, full_refresh_mode=rebuild)
  ) -%}
  {%- if whole -%}
    {%- do create_indexes(target_relation) -%}
  {%- endif -%}
  {%- do persist_docs(target_relation, model) -%}

  {%- do run_hooks(post_hooks, inside_transaction=true) -%}
  {%- do adapter.commit() -%}

  {%- for relation in to_drop -%}
    {%- if not adapter.is_motherduck() -%}
      {%- do drop_indexes_on_relation(relation) -%}
    {%- endif -%}
    {%- do adapter.drop_relation(relation) -%}
  {%- endfor -%}
  {%- do run_hooks(post_hooks, inside_transaction=false) -%}

  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}
