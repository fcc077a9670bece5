{#- The table of a seed: made, or made ready for the rows again. Each answers the SQL that it ran. -#}
{% macro create_csv_table(model, agate_table) %}
  {%- do return(adapter.dispatch('create_csv_table', 'dbt')(model, agate_table)) -%}
{% endmacro %}

{% macro default__create_csv_table(model, agate_table) %}
  {%- set given_types = model['config'].get('column_types', {}) -%}
  {%- set quote_columns = model['config'].get('quote_columns', none) -%}
  {%- set columns = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = given_types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- do columns.append(adapter.quote_seed_column(name | string, quote_columns) ~ ' ' ~ type) -%}
  {%- endfor -%}
  {%- set sql -%}
    create table {{ this.render() }} (
      {{ columns | join(', ') }}
    )
  {%- endset -%}
  {%- call statement('_') -%}
    {{ sql }}
  {%- endcall -%}
  {%- do return(sql) -%}
{% endmacro %}


{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {%- do return(adapter.dispatch('reset_csv_table', 'dbt')(
    model, full_refresh, old_relation, agate_table
  )) -%}
{% endmacro %}

{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {%- if full_refresh -%}
    {%- do adapter.drop_relation(old_relation) -%}
    {%- do return(create_csv_table(model, agate_table)) -%}
  {%- endif -%}
  {%- do adapter.truncate_relation(old_relation) -%}
  {%- do return('truncate table ' ~ old_relation.render()) -%}
{% endmacro %}


{#- Both together, for the run file. -#}
{% macro get_csv_sql(create_or_truncate_sql, insert_sql) %}
  {%- do return(adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql)) -%}
{% endmacro %}

{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) %}
  {{ create_or_truncate_sql }};
  -- dbt seed --
  {{ insert_sql }}
{% endmacro %}
