{#-
  A unit test: the model's query over given rows, beside the rows that are expected. They are compared
  outside.
-#}
{% materialization unit, default %}
  {%- set sql_header = (config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS) or '' -%}
  {%- set expected_rows = config.get('expected_rows') -%}

  {#- An empty table made of the query says the types. -#}
  {%- set temp_relation = make_temp_relation(this.incorporate(type='table')) -%}
  {%- do run_query(get_create_table_as_sql(true, temp_relation, get_empty_subquery_sql(sql))) -%}
  {%- set types, quoted = {}, {} -%}
  {%- for column in get_columns_for_unit_tests(temp_relation) -%}
    {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- do quoted.update({column.name | lower: column.quoted}) -%}
  {%- endfor -%}

  {#- Only columns that the first expected row has are compared. -#}
  {%- set compared = [] -%}
  {%- for name in (expected_rows[0] if expected_rows else get_columns_in_query(sql)) -%}
    {%- do compared.append(quoted[name | lower]) -%}
  {%- endfor -%}

  {%- set expected_sql = config.get('expected_sql') or get_expected_sql(expected_rows, types, quoted) -%}
  {%- call statement('main', fetch_result=true) -%}
    {{ sql_header }}
    {{ get_unit_test_sql(sql, expected_sql, compared) }}
  {%- endcall -%}

  {%- do adapter.drop_relation(temp_relation) -%}
  {%- do return({'relations': []}) -%}
{% endmaterialization %}
