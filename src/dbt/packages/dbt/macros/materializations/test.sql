{#-
  A test: a query for rows that should not be, of which a number is taken and compared. The rows can be
  stored.
-#}
{% materialization test, default %}
  {%- set sql_header = (config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS) or '' -%}
  {%- set failing_rows = get_limit_subquery_sql(sql, config.get('limit')) -%}
  {%- set relations = [] -%}

  {%- if should_store_failures() -%}
    {%- set store_as = config.get('store_failures_as') or 'table' -%}
    {%- if store_as not in ['table', 'view'] -%}
      {%- do exceptions.raise_compiler_error(
        "'" ~ store_as ~ "' is not a valid value for `store_failures_as`: it is ephemeral, table or view"
      ) -%}
    {%- endif -%}
    {%- set identifier = model['alias'] -%}
    {%- set target_relation = api.Relation.create(
      database=database, schema=schema, identifier=identifier, type=store_as
    ) -%}
    {%- set old_relation = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
    {%- if old_relation -%}
      {%- do adapter.drop_relation(old_relation) -%}
    {%- endif -%}
    {%- call statement(auto_begin=true) -%}
      {{ sql_header }}
      {{ get_create_sql(target_relation, failing_rows) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {%- do relations.append(target_relation) -%}
    {%- set failing_rows = 'select * from ' ~ target_relation -%}
  {%- endif -%}

  {%- call statement('main', fetch_result=true) -%}
    {{ sql_header }}
    {#- The rows are limited already. #}
    {{ get_test_sql(
      failing_rows, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none
    ) }}
  {%- endcall -%}
  {%- do return({'relations': relations}) -%}
{% endmaterialization %}
