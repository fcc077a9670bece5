{#- SQL that moves a relation out of the way under its backup name, and SQL that drops it there. -#}
{% macro get_create_backup_sql(relation) %}
  {%- do log('Applying CREATE BACKUP to: ' ~ relation) -%}
  {%- do return(adapter.dispatch('get_create_backup_sql', 'dbt')(relation)) -%}
{% endmacro %}

{% macro default__get_create_backup_sql(relation) %}
  {%- set backup = make_backup_relation(relation, relation.type) -%}
  {{ get_drop_sql(backup) }};
  {{ get_rename_sql(relation, backup.identifier) }}
{% endmacro %}


{% macro get_drop_backup_sql(relation) %}
  {%- do log('Applying DROP BACKUP to: ' ~ relation) -%}
  {%- do return(adapter.dispatch('get_drop_backup_sql', 'dbt')(relation)) -%}
{% endmacro %}

{% macro default__get_drop_backup_sql(relation) %}
  {%- do return(get_drop_sql(make_backup_relation(relation, relation.type))) -%}
{% endmacro %}
