{#-
  SQL that puts one relation in the place of another: in one statement where the database can, else as
  safely as renaming allows.
-#}
{% macro get_replace_sql(existing_relation, target_relation, sql) %}
  {%- do log('Applying REPLACE to: ' ~ existing_relation) -%}
  {%- do return(adapter.dispatch('get_replace_sql', 'dbt')(existing_relation, target_relation, sql)) -%}
{% endmacro %}

{% macro default__get_replace_sql(existing_relation, target_relation, sql) %}
  {%- if existing_relation.type == target_relation.type and existing_relation.can_be_replaced -%}
    {%- if existing_relation.is_view -%}
      {%- do return(get_replace_view_sql(target_relation, sql)) -%}
    {%- elif existing_relation.is_table -%}
      {%- do return(get_replace_table_sql(target_relation, sql)) -%}
    {%- elif existing_relation.is_materialized_view -%}
      {%- do return(get_replace_materialized_view_sql(target_relation, sql)) -%}
    {%- endif -%}
  {%- endif -%}

  {#- Built beside the old one if the new can be renamed; the old one kept as a backup if that can. -#}
  {%- set staged = target_relation.can_be_renamed -%}
  {%- set backed_up = existing_relation.can_be_renamed -%}
  {%- if staged -%}
    {{ get_create_intermediate_sql(target_relation, sql) }};
  {%- endif %}
  {{ get_create_backup_sql(existing_relation) if backed_up else get_drop_sql(existing_relation) }};
  {{ get_rename_intermediate_sql(target_relation) if staged else get_create_sql(target_relation, sql) }}
  {%- if backed_up %};
  {{ get_drop_backup_sql(existing_relation) }}
  {%- endif -%}
{% endmacro %}
