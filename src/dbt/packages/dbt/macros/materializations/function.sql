{#-
  A function in the database. The macro that writes it is found by type and language: `scalar_function_sql`.
-#}
{% materialization function, default, supported_languages=['sql', 'python', 'javascript'] %}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type=this.Function) -%}
  {%- do run_hooks(pre_hooks) -%}

  {#-
    Taken as a value: a name that is computed cannot be followed by who reads macros without running them.
  -#}
  {%- set dispatch = adapter.dispatch -%}
  {%- set build = dispatch(this.get_function_macro_name(this.get_function_config(model)), 'dbt') -%}
  {%- do function_execute_build_sql(build(target_relation), existing_relation, target_relation) -%}

  {%- do run_hooks(post_hooks) -%}
  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}


{% macro function_execute_build_sql(build_sql, existing_relation, target_relation) %}
  {%- do return(adapter.dispatch('function_execute_build_sql', 'dbt')(
    build_sql, existing_relation, target_relation
  )) -%}
{% endmacro %}

{% macro default__function_execute_build_sql(build_sql, existing_relation, target_relation) %}
  {%- call statement(name='main') -%}
    {{ build_sql }}
  {%- endcall -%}
  {%- do apply_grants(
    target_relation, config.get('grants'),
    should_revoke=should_revoke(existing_relation, full_refresh_mode=true)
  ) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}
{% endmacro %}
