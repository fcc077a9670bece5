{#-
  An enforced contract: the query must have the columns that the properties name, in any order, with the
  same types.
-#}
{% macro get_assert_columns_equivalent(sql) %}
  {%- do return(adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql)) -%}
{% endmacro %}

{% macro default__get_assert_columns_equivalent(sql) %}
  {%- do return(assert_columns_equivalent(sql)) -%}
{% endmacro %}

{% macro assert_columns_equivalent(sql) %}
  {%- if not model['columns'] -%}
    {%- do exceptions.raise_contract_error([], []) -%}
  {%- endif -%}
  {%- set actual = format_columns(get_column_schema_from_query(sql, config.get('sql_header', none))) -%}
  {%- set promised = format_columns(get_column_schema_from_query(get_empty_schema_sql(model['columns']))) -%}

  {%- set promised_by_name = {} -%}
  {%- for column in promised -%}
    {%- do promised_by_name.update({column['name']: column['formatted']}) -%}
  {%- endfor -%}
  {%- set broken = actual | rejectattr('name', 'in', promised_by_name) | list -%}
  {%- for column in actual if not broken and column['formatted'] != promised_by_name[column['name']] -%}
    {%- do broken.append(column) -%}
  {%- endfor -%}
  {%- if broken or (actual | length) != (promised | length) -%}
    {%- do exceptions.raise_contract_error(promised, actual) -%}
  {%- endif -%}
{% endmacro %}


{#- Columns as they are compared, and shown where they differ. Adapters override `format_column`. -#}
{% macro format_columns(columns) %}
  {%- set format = adapter.dispatch('format_column', 'dbt') -%}
  {%- set formatted = [] -%}
  {%- for column in columns -%}
    {%- do formatted.append(format(column)) -%}
  {%- endfor -%}
  {%- do return(formatted) -%}
{% endmacro %}

{% macro default__format_column(column) %}
  {%- do return({
    'name': column.name,
    'data_type': column.dtype,
    'formatted': column.column.lower() ~ ' ' ~ column.dtype
  }) -%}
{% endmacro %}


{#- Columns with types and constraints, in parentheses, for `create table`. -#}
{% macro get_table_columns_and_constraints() %}
  {%- do return(adapter.dispatch('get_table_columns_and_constraints', 'dbt')()) -%}
{% endmacro %}

{% macro default__get_table_columns_and_constraints() %}
  {%- do return(table_columns_and_constraints()) -%}
{% endmacro %}

{% macro table_columns_and_constraints() %}
  {%- set of_columns = adapter.render_raw_columns_constraints(raw_columns=model['columns']) -%}
  {%- set of_table = adapter.render_raw_model_constraints(raw_constraints=model['constraints']) -%}
  (
    {{ (of_columns + of_table) | join(',\n    ') }}
  )
{% endmacro %}


{#- The query with its columns in the order of the contract. -#}
{% macro get_select_subquery(sql) %}
  {%- do return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) -%}
{% endmacro %}

{% macro default__get_select_subquery(sql) %}
  select {{ adapter.dispatch('get_column_names', 'dbt')() }}
  from (
    {{ sql }}
  ) as model_subq
{% endmacro %}

{% macro default__get_column_names() %}
  {%- for column in model['columns'].values() -%}
    {{ adapter.quote(column['name']) if column.get('quote') else column['name'] }}
    {{- '' if loop.last else ', ' -}}
  {%- endfor -%}
{% endmacro %}
