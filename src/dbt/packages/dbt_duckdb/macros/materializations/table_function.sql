{#-
  A table macro of DuckDB: a view with parameters, read as `from name(argument)`. It is bound when it is
  read, so tables beneath it may change. The config `parameters` is one text or a list.
-#}
{% materialization table_function, adapter='duckdb' %}
  {%- set target_relation = api.Relation.create(
    database=database, schema=schema, identifier=model['alias'], type='view'
  ) -%}
  {%- set parameters = config.get('parameters') or '' -%}

  {%- do run_hooks(pre_hooks, inside_transaction=false) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=true) -%}

  {%- call statement('main') -%}
    create or replace function {{ target_relation.render() }}(
      {{- parameters if parameters is string or parameters is number else parameters | join(', ') -}}
    ) as table (
      {{ sql }}
    );
  {%- endcall -%}

  {%- do run_hooks(post_hooks, inside_transaction=true) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=false) -%}

  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}
