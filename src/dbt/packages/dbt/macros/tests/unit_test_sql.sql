{#-
  The rows of a unit test as queries: what its inputs give, what is expected, and both beside each other.
-#}
{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) %}
  {%- do return(adapter.dispatch('get_unit_test_sql', 'dbt')(
    main_sql, expected_fixture_sql, expected_column_names
  )) -%}
{% endmacro %}

{#- `get_expected_sql` reads the first of these names when no row is expected. -#}
{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) %}
  {%- set columns = expected_column_names | join(', ') -%}
  {%- set which = adapter.quote('actual_or_expected') -%}
  with dbt_internal_unit_test_actual as (
    select {{ columns }}, {{ dbt.string_literal('actual') }} as {{ which }}
    from (
      {{ main_sql }}
    ) _dbt_internal_unit_test_actual
  ),
  dbt_internal_unit_test_expected as (
    select {{ columns }}, {{ dbt.string_literal('expected') }} as {{ which }}
    from (
      {{ expected_fixture_sql }}
    ) _dbt_internal_unit_test_expected
  )
  select * from dbt_internal_unit_test_actual
  union all
  select * from dbt_internal_unit_test_expected
{% endmacro %}


{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
  {%- if not rows -%}
    select * from dbt_internal_unit_test_actual
    limit 0
  {%- endif -%}
  {%- for row in rows -%}
    select
    {%- for name, value in format_row(row, column_name_to_data_types).items() %} {{ value }} as {{ column_name_to_quoted[name] }}
    {{- '' if loop.last else ',' }}
    {%- endfor %}
    {{ '' if loop.last else 'union all ' }}
  {%- endfor -%}
{% endmacro %}


{#-
  An input: columns that a row does not give are null. Without types they are those of the relation that it
  stands for.
-#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
  {%- set types, quoted = column_name_to_data_types or {}, {} -%}
  {%- if not types -%}
    {#- Where nothing is built yet, the state that is deferred to has it. -#}
    {%- set relation = defer_relation if defer_relation and not load_relation(this) else this -%}
    {%- for column in get_columns_for_unit_tests(relation) -%}
      {%- do types.update({column.name | lower: column.data_type}) -%}
      {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
    {%- if not types -%}
      {%- do exceptions.raise_compiler_error(
        "Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ relation
        ~ " because the relation doesn't exist"
      ) -%}
    {%- endif -%}
  {%- endif -%}

  {%- set nulls = {} -%}
  {%- for name, type in types.items() -%}
    {%- do nulls.update({name: safe_cast('null', type) | trim}) -%}
  {%- endfor -%}
  {%- do validate_fixture_rows(rows, row_number) -%}
  -- Fixture for {{ model.name }}
  {% for row in rows or [{}] -%}
    select
    {%- for name, value in dict(nulls, **format_row(row, types)).items() %} {{ value }} as {{ quoted.get(name, name) }}
    {{- '' if loop.last else ',' }}
    {%- endfor %}
    {{ '' if loop.last else 'union all ' }}
  {%- endfor %}
  {{ '' if rows else 'limit 0' }}
{% endmacro %}


{#- {column: SQL of its value in its type}, with names in lower case. -#}
{% macro format_row(row, column_name_to_data_types) %}
  {%- set formatted = {} -%}
  {%- for given_name, value in row.items() -%}
    {%- set name = given_name | lower -%}
    {%- if name not in column_name_to_data_types -%}
      {%- set place = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
      {%- do exceptions.raise_compiler_error(
        "Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ place
        ~ '.\nAccepted columns for ' ~ place ~ ' are: ' ~ (column_name_to_data_types | list)
      ) -%}
    {%- endif -%}
    {%- set type = column_name_to_data_types[name] -%}
    {%- set literal = value -%}
    {%- if value is none -%}
      {%- set literal = 'null' -%}
    {%- elif value is string -%}
      {%- set literal = dbt.string_literal(dbt.escape_single_quotes(value)) -%}
      {#- A length would cut the text silently. -#}
      {%- set type = type.split('(')[0] if 'varying' in type else type -%}
    {%- endif -%}
    {%- do formatted.update({name: safe_cast(literal, type)}) -%}
  {%- endfor -%}
  {%- do return(formatted) -%}
{% endmacro %}


{#- For adapters that have rows to refuse. -#}
{% macro validate_fixture_rows(rows, row_number) %}
  {%- do return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) -%}
{% endmacro %}

{% macro default__validate_fixture_rows(rows, row_number) %}
{% endmacro %}
