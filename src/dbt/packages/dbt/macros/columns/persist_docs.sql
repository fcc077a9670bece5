{#- Writes descriptions into the database as comments, where the config `persist_docs` asks for it. -#}
{% macro persist_docs(relation, model, for_relation=true, for_columns=true) %}
  {%- do return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) -%}
{% endmacro %}

{% macro default__persist_docs(relation, model, for_relation, for_columns) %}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {%- do run_query(alter_relation_comment(relation, model.description)) -%}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() and model.columns -%}
    {%- set existing = get_list_of_column_names(adapter.get_columns_in_relation(relation)) -%}
    {%- set sql = alter_column_comment(relation, validate_doc_columns(relation, model.columns, existing)) -%}
    {%- if sql and sql | trim -%}
      {%- do run_query(sql) -%}
    {%- endif -%}
  {%- endif -%}
{% endmacro %}

{#- Those documented columns that exist, the others warned of. Only a quoted name must match in case. -#}
{% macro validate_doc_columns(relation, column_dict, existing_column_names) %}
  {%- set existing_lower = existing_column_names | map('lower') | list -%}
  {%- set found, missing = {}, [] -%}
  {%- for name, column in column_dict.items() -%}
    {%- set exists = name in existing_column_names if column['quote'] else name | lower in existing_lower -%}
    {%- if exists -%}
      {%- do found.update({name: column}) -%}
    {%- else -%}
      {%- do missing.append(name) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if missing -%}
    {%- do exceptions.warn(
      'In relation ' ~ relation.render()
      ~ ': The following columns are specified in the schema but are not present in the database: ' ~ missing | join(', ')
    ) -%}
  {%- endif -%}
  {%- do return(found) -%}
{% endmacro %}


{% macro alter_relation_comment(relation, relation_comment) %}
  {%- do return(adapter.dispatch('alter_relation_comment', 'dbt')(relation, relation_comment)) -%}
{% endmacro %}

{% macro default__alter_relation_comment(relation, relation_comment) %}
  {%- do exceptions.raise_not_implemented(
    'Adapter ' ~ adapter.type() ~ ' does not implement `alter_relation_comment`'
  ) -%}
{% endmacro %}


{% macro alter_column_comment(relation, column_dict) %}
  {%- do return(adapter.dispatch('alter_column_comment', 'dbt')(relation, column_dict)) -%}
{% endmacro %}

{% macro default__alter_column_comment(relation, column_dict) %}
  {%- do exceptions.raise_not_implemented(
    'Adapter ' ~ adapter.type() ~ ' does not implement `alter_column_comment`'
  ) -%}
{% endmacro %}
