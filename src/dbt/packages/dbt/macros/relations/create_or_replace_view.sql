{#-
  A materialization in itself, for adapters that replace views in one statement: they call it from their
  own `view`.
-#}
{% macro create_or_replace_view() %}
  {%- set identifier = model['alias'] -%}
  {%- set old_relation = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
  {%- set target_relation = api.Relation.create(
    database=database, schema=schema, identifier=identifier, type='view'
  ) -%}

  {%- do run_hooks(pre_hooks) -%}

  {%- if old_relation is not none and old_relation.is_table -%}
    {%- do handle_existing_table(should_full_refresh(), old_relation) -%}
  {%- endif -%}

  {%- call statement('main') -%}
    {{ get_create_view_as_sql(target_relation, sql) }}
  {%- endcall -%}

  {%- set replaced_view = old_relation is not none and old_relation.is_view -%}
  {%- do apply_grants(
    target_relation, config.get('grants'), should_revoke=should_revoke(replaced_view, full_refresh_mode=true)
  ) -%}

  {%- do run_hooks(post_hooks) -%}
  {%- do return({'relations': [target_relation]}) -%}
{% endmacro %}


{#- A table stands where the view shall be. -#}
{% macro handle_existing_table(full_refresh, old_relation) %}
  {%- do return(adapter.dispatch('handle_existing_table', 'dbt')(full_refresh, old_relation)) -%}
{% endmacro %}

{% macro default__handle_existing_table(full_refresh, old_relation) %}
  {%- do log('Dropping ' ~ old_relation.render() ~ ': it is a ' ~ old_relation.type ~ ', not a view') -%}
  {%- do adapter.drop_relation(old_relation) -%}
{% endmacro %}
