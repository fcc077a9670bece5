{#-
  A relation of another environment brought into this one: a clone of a table where the database has such,
  else a view on it.
-#}
{% materialization clone, default %}
  {%- if not defer_relation -%}
    {%- do log('Nothing to clone: the state has no relation for ' ~ model.unique_id, info=true) -%}
    {%- do return({'relations': []}) -%}
  {%- endif -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- if existing_relation and not flags.FULL_REFRESH -%}
    {%- do log('Nothing to clone: ' ~ existing_relation ~ ' exists', info=true) -%}
    {%- do return({'relations': []}) -%}
  {%- endif -%}

  {%- set other_relation = load_cached_relation(defer_relation) -%}
  {%- if not (other_relation and other_relation.type == 'table' and can_clone_table()) -%}
    {%- set view = context.get('materialization_view_' ~ adapter.type(), context['materialization_view_default']) -%}
    {%- do return(view()) -%}
  {%- endif -%}

  {%- set target_relation = this.incorporate(type='table') -%}
  {%- if existing_relation is not none and not existing_relation.is_table -%}
    {%- do log(
      'Dropping ' ~ existing_relation.render() ~ ': it is a ' ~ existing_relation.type ~ ', not a table'
    ) -%}
    {%- do drop_relation_if_exists(existing_relation) -%}
  {%- endif -%}

  {%- set same = target_relation.database == defer_relation.database and target_relation.schema == defer_relation.schema
                 and target_relation.identifier == defer_relation.identifier -%}
  {%- if same -%}
    {%- do log(target_relation.render() ~ ' is the relation to clone: nothing is done') -%}
  {%- else -%}
    {%- call statement('main') -%}
      {{ create_or_replace_clone(target_relation, defer_relation) }}
    {%- endcall -%}
  {%- endif -%}

  {%- do apply_grants(
    target_relation, config.get('grants'),
    should_revoke=should_revoke(existing_relation, full_refresh_mode=true)
  ) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}


{% macro can_clone_table() %}
  {%- do return(adapter.dispatch('can_clone_table', 'dbt')()) -%}
{% endmacro %}

{% macro default__can_clone_table() %}
  {%- do return(false) -%}
{% endmacro %}


{% macro create_or_replace_clone(this_relation, defer_relation) %}
  {%- do return(adapter.dispatch('create_or_replace_clone', 'dbt')(this_relation, defer_relation)) -%}
{% endmacro %}

{% macro default__create_or_replace_clone(this_relation, defer_relation) %}
  {{- 'create or replace table ' ~ this_relation.render() ~ ' clone ' ~ defer_relation.render() -}}
{% endmacro %}
