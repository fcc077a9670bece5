{#- A table with the rows of a CSV file. What is there is emptied, or with --full-refresh made anew. -#}
{% materialization seed, default %}
  {%- set full_refresh = should_full_refresh() -%}
  {%- set old_relation = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
  {%- set exists = old_relation is not none and old_relation.is_table -%}
  {%- set agate_table = load_agate_table() -%}
  {%- do store_result('agate_table', response='OK', agate_table=agate_table) -%}

  {%- do run_hooks(pre_hooks, inside_transaction=false) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=true) -%}

  {%- if old_relation is not none and old_relation.is_view -%}
    {%- do exceptions.raise_compiler_error(
      'A view stands where the seed shall be: ' ~ old_relation.render()
    ) -%}
  {%- elif exists -%}
    {%- set table_sql = reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {%- else -%}
    {%- set table_sql = create_csv_table(model, agate_table) -%}
  {%- endif -%}

  {%- set row_count = agate_table.rows | length -%}
  {%- set rows_sql = load_csv_rows(model, agate_table) if row_count > 0 else '' -%}

  {%- set code = 'CREATE' if full_refresh else 'INSERT' -%}
  {%- call noop_statement('main', code ~ ' ' ~ row_count, code, row_count) -%}
    {{ get_csv_sql(table_sql, rows_sql) }};
  {%- endcall -%}

  {%- set target_relation = this.incorporate(type='table') -%}
  {%- do apply_grants(
    target_relation, config.get('grants'), should_revoke=should_revoke(old_relation, full_refresh)
  ) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- if full_refresh or not exists -%}
    {%- do create_indexes(target_relation) -%}
  {%- endif -%}

  {%- do run_hooks(post_hooks, inside_transaction=true) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=false) -%}

  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}
