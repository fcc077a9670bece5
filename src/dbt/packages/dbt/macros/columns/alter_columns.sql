{#- Gives a column another type: a new column is filled from the old one and takes its name. -#}
{% macro alter_column_type(relation, column_name, new_column_type) %}
  {%- do return(adapter.dispatch('alter_column_type', 'dbt')(relation, column_name, new_column_type)) -%}
{% endmacro %}

{% macro default__alter_column_type(relation, column_name, new_column_type) %}
  {%- set table = 'alter table ' ~ relation.render() -%}
  {%- set old = adapter.quote(column_name) -%}
  {%- set new = adapter.quote(column_name ~ '__dbt_alter') -%}
  {%- call statement('alter_column_type') -%}
    {{ table }} add column {{ new }} {{ new_column_type }};
    update {{ relation.render() }} set {{ new }} = {{ old }};
    {{ table }} drop column {{ old }} cascade;
    {{ table }} rename column {{ new }} to {{ old }}
  {%- endcall -%}
{% endmacro %}


{% macro alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) %}
  {%- do return(adapter.dispatch('alter_relation_add_remove_columns', 'dbt')(
    relation, add_columns, remove_columns
  )) -%}
{% endmacro %}

{% macro default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {%- set changes = [] -%}
  {%- for column in add_columns or [] -%}
    {%- do changes.append('add column ' ~ column.quoted ~ ' ' ~ column.expanded_data_type) -%}
  {%- endfor -%}
  {%- for column in remove_columns or [] -%}
    {%- do changes.append('drop column ' ~ column.quoted) -%}
  {%- endfor -%}
  {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation.render() ~ ' ' ~ (changes | join(', '))) -%}
{% endmacro %}
