{#-
  A table, by SQL or Python: built under another name and put in the place of what was there, or, with
  foreign keys, built in its place.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
  {%- set language = model['language'] -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set backup_relation = make_backup_relation(
    target_relation, 'table' if existing_relation is none else existing_relation.type
  ) -%}
  {%- set built_in_place = has_foreign_key_constraints(existing_relation) -%}
  {%- set dropped_dependents = [] -%}

  {#- A run that was killed may have left these. -#}
  {%- for leftover in [intermediate_relation, backup_relation] -%}
    {%- do drop_relation_if_exists(load_cached_relation(leftover)) -%}
  {%- endfor -%}

  {%- do run_hooks(pre_hooks, inside_transaction=false) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=true) -%}

  {%- set partitioned_by = duckdb__get_partitioned_by(target_relation, false) -%}
  {%- set sorted_by = duckdb__get_sorted_by(target_relation, false) -%}

  {%- if built_in_place and existing_relation is not none -%}
    {%- set dropped_dependents = drop_relation_for_rebuild(existing_relation) -%}
  {%- endif -%}
  {%- set written = target_relation if built_in_place else intermediate_relation -%}
  {%- call statement('main', language=language) -%}
    {{- create_table_as(
      false, written, compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by
    ) }}
  {%- endcall -%}

  {%- if not built_in_place -%}
    {%- if existing_relation is not none -%}
      {%- do drop_indexes_on_relation(existing_relation) -%}
      {%- if existing_relation.is_table and may_be_foreign_key_target(existing_relation) -%}
        {%- set dropped_dependents = drop_foreign_key_dependents(existing_relation) -%}
      {%- endif -%}
      {%- do adapter.rename_relation(existing_relation, backup_relation) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
  {%- endif -%}
  {%- do restore_foreign_key_dependents(dropped_dependents) -%}
  {%- do create_indexes(target_relation) -%}

  {%- do run_hooks(post_hooks, inside_transaction=true) -%}
  {%- do apply_grants(
    target_relation, config.get('grants'),
    should_revoke=should_revoke(existing_relation, full_refresh_mode=true)
  ) -%}
  {#-
    DuckLake before DuckDB 1.5.3 loses such changes with the renaming: they are made once more after it, and
    comments only then.
  -#}
  {%- set changed_after = adapter.use_ducklake_table_workarounds(target_relation) -%}
  {%- if not changed_after -%}
    {%- do persist_docs(target_relation, model) -%}
  {%- endif -%}
  {%- do adapter.commit() -%}

  {%- if changed_after and partitioned_by -%}
    {%- call statement('reassert_partitioned_by', auto_begin=false) -%}
      {{ duckdb__alter_table_set_partitioned_by(target_relation, partitioned_by) }}
    {%- endcall -%}
  {%- endif -%}
  {%- if changed_after and sorted_by -%}
    {%- call statement('reassert_sorted_by', auto_begin=false) -%}
      {{ duckdb__alter_table_set_sorted_by(target_relation, sorted_by) }}
    {%- endcall -%}
  {%- endif -%}
  {%- if changed_after -%}
    {%- do persist_docs(target_relation, model) -%}
  {%- endif -%}

  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=false) -%}

  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}
