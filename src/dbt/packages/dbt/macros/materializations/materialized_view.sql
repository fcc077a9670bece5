{#- A materialized view: created, replaced, altered as its configuration changed, or refreshed. -#}
{% materialization materialized_view, default %}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type=this.MaterializedView) -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set backup_relation = make_backup_relation(
    target_relation, target_relation.MaterializedView if existing_relation is none else existing_relation.type
  ) -%}

  {%- do materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) -%}

  {%- set build_sql = materialized_view_get_build_sql(
    existing_relation, target_relation, backup_relation, intermediate_relation
  ) -%}
  {%- if build_sql == '' -%}
    {%- do materialized_view_execute_no_op(target_relation) -%}
  {%- else -%}
    {%- do materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) -%}
  {%- endif -%}

  {%- do materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) -%}
  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}


{#- What a killed run left is dropped, hooks outside of the transaction run. -#}
{% macro materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) %}
  {%- for leftover in [backup_relation, intermediate_relation] -%}
    {%- do drop_relation_if_exists(load_cached_relation(leftover)) -%}
  {%- endfor -%}
  {%- do run_hooks(pre_hooks, inside_transaction=false) -%}
{% endmacro %}

{% macro materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) %}
  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- do drop_relation_if_exists(intermediate_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=false) -%}
{% endmacro %}


{#- The SQL to run; empty where there is nothing to do. -#}
{% macro materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) %}
  {%- if existing_relation is none -%}
    {%- do return(get_create_materialized_view_as_sql(target_relation, sql)) -%}
  {%- elif should_full_refresh() or not existing_relation.is_materialized_view -%}
    {%- do return(get_replace_sql(existing_relation, target_relation, sql)) -%}
  {%- endif -%}

  {%- set changes = get_materialized_view_configuration_changes(existing_relation, config) -%}
  {%- if changes is none -%}
    {%- do return(refresh_materialized_view(target_relation)) -%}
  {%- endif -%}

  {%- set decision = config.get('on_configuration_change') -%}
  {%- set found = 'Configuration changes were identified and `on_configuration_change` was set to `' ~ decision ~ '` for `'
                  ~ target_relation.render() ~ '`' -%}
  {%- if decision == 'apply' -%}
    {%- do return(get_alter_materialized_view_as_sql(
      target_relation, changes, sql, existing_relation, backup_relation, intermediate_relation
    )) -%}
  {%- elif decision == 'continue' -%}
    {%- do exceptions.warn(found) -%}
    {%- do return('') -%}
  {%- elif decision == 'fail' -%}
    {%- do exceptions.raise_fail_fast_error(found) -%}
  {%- endif -%}
  {%- do exceptions.raise_compiler_error(
    "`on_configuration_change` is apply, continue or fail, not '" ~ decision ~ "'"
  ) -%}
{% endmacro %}

{% macro materialized_view_execute_no_op(target_relation) %}
  {%- do store_raw_result(name='main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') -%}
{% endmacro %}

{% macro materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) %}
  {%- do run_hooks(pre_hooks, inside_transaction=true) -%}
  {%- call statement(name='main') -%}
    {{ build_sql }}
  {%- endcall -%}

  {%- do apply_grants(
    target_relation, config.get('grants'),
    should_revoke=should_revoke(existing_relation, full_refresh_mode=true)
  ) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=true) -%}
  {%- do adapter.commit() -%}
{% endmacro %}
