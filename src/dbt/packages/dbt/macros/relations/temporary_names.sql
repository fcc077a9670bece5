{#-
  The names that stand beside a relation while it is built: temporary, intermediate (becomes it), backup
  (was it).
-#}
{% macro make_temp_relation(base_relation, suffix='__dbt_tmp') %}
  {#- Batches of one model may run at once, so each has its own. -#}
  {%- if model.batch and suffix == '__dbt_tmp' -%}
    {%- set suffix = suffix ~ '_' ~ model.batch.id -%}
  {%- endif -%}
  {%- do return(adapter.dispatch('make_temp_relation', 'dbt')(base_relation, suffix)) -%}
{% endmacro %}

{% macro default__make_temp_relation(base_relation, suffix) %}
  {%- do return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix})) -%}
{% endmacro %}


{% macro make_intermediate_relation(base_relation, suffix='__dbt_tmp') %}
  {%- do return(adapter.dispatch('make_intermediate_relation', 'dbt')(base_relation, suffix)) -%}
{% endmacro %}

{% macro default__make_intermediate_relation(base_relation, suffix) %}
  {%- do return(default__make_temp_relation(base_relation, suffix)) -%}
{% endmacro %}


{% macro make_backup_relation(base_relation, backup_relation_type, suffix='__dbt_backup') %}
  {%- do return(adapter.dispatch('make_backup_relation', 'dbt')(
    base_relation, backup_relation_type, suffix
  )) -%}
{% endmacro %}

{% macro default__make_backup_relation(base_relation, backup_relation_type, suffix) %}
  {%- do return(base_relation.incorporate(
    path={'identifier': base_relation.identifier ~ suffix}, type=backup_relation_type
  )) -%}
{% endmacro %}
