{#- Prints what macros answer that no node of this project runs, or whose bodies are other databases'. -#}
{% macro say() %}
  {% set r = api.Relation.create(database=target.database, schema=target.schema, identifier='there', type='table') %}
  {% set s = api.Relation.create(database=target.database, schema=target.schema, identifier='fresh', type='table') %}
  {% set v = api.Relation.create(database=target.database, schema=target.schema, identifier='seen', type='view') %}
  {% set m = api.Relation.create(database=target.database, schema=target.schema, identifier='kept', type='materialized_view') %}
  {% set f = api.Relation.create(database=target.database, schema=target.schema, identifier='called', type='function') %}
  {% set cols = [api.Column('id', 'integer'), api.Column('k', 'text')] %}
  {% if execute %}
  {{ print("default__get_merge_sql(r, s, 'id', cols, ['x = 1'])" ~ ' → ' ~ (default__get_merge_sql(r, s, 'id', cols, ['x = 1']))) }}
  {{ print("default__get_merge_sql(r, s, ['id', 'k'], cols)" ~ ' → ' ~ (default__get_merge_sql(r, s, ['id', 'k'], cols))) }}
  {{ print("default__get_merge_sql(r, s, none, cols)" ~ ' → ' ~ (default__get_merge_sql(r, s, none, cols))) }}
  {{ print("get_merge_sql(r, s, 'id', cols, predicates=['y'])" ~ ' → ' ~ (get_merge_sql(r, s, 'id', cols, predicates=['y']))) }}
  {{ print("default__get_delete_insert_merge_sql(r, s, 'id', cols, ['x = 1'])" ~ ' → ' ~ (default__get_delete_insert_merge_sql(r, s, 'id', cols, ['x = 1']))) }}
  {{ print("default__get_delete_insert_merge_sql(r, s, ['id', 'k'], cols, none)" ~ ' → ' ~ (default__get_delete_insert_merge_sql(r, s, ['id', 'k'], cols, none))) }}
  {{ print("default__get_delete_insert_merge_sql(r, s, none, cols, none)" ~ ' → ' ~ (default__get_delete_insert_merge_sql(r, s, none, cols, none))) }}
  {{ print("get_insert_overwrite_merge_sql(r, s, cols, ['a', 'b'], true)" ~ ' → ' ~ (get_insert_overwrite_merge_sql(r, s, cols, ['a', 'b'], true))) }}
  {{ print("get_insert_overwrite_merge_sql(r, s, cols, none)" ~ ' → ' ~ (get_insert_overwrite_merge_sql(r, s, cols, none))) }}
  {{ print("get_insert_into_sql(r, s, cols)" ~ ' → ' ~ (get_insert_into_sql(r, s, cols))) }}
  {{ print("default__create_table_as(false, r, 'select 1')" ~ ' → ' ~ (default__create_table_as(false, r, 'select 1'))) }}
  {{ print("default__create_table_as(true, r, 'select 1')" ~ ' → ' ~ (default__create_table_as(true, r, 'select 1'))) }}
  {{ print("default__create_view_as(v, 'select 1')" ~ ' → ' ~ (default__create_view_as(v, 'select 1'))) }}
  {{ print("default__get_create_sql(r, 'select 1')" ~ ' → ' ~ (default__get_create_sql(r, 'select 1'))) }}
  {{ print("get_create_sql(v, 'select 1')" ~ ' → ' ~ (get_create_sql(v, 'select 1'))) }}
  {{ print("get_drop_sql(r)" ~ ' → ' ~ (get_drop_sql(r))) }}
  {{ print("get_drop_sql(v)" ~ ' → ' ~ (get_drop_sql(v))) }}
  {{ print("get_drop_sql(m)" ~ ' → ' ~ (get_drop_sql(m))) }}
  {{ print("get_drop_sql(f)" ~ ' → ' ~ (get_drop_sql(f))) }}
  {{ print("get_create_table_as_sql(true, r, 'select 1')" ~ ' → ' ~ (get_create_table_as_sql(true, r, 'select 1'))) }}
  {{ print("get_create_view_as_sql(v, 'select 1')" ~ ' → ' ~ (get_create_view_as_sql(v, 'select 1'))) }}
  {{ print("get_drop_backup_sql(r)" ~ ' → ' ~ (get_drop_backup_sql(r))) }}
  {{ print("default__get_show_grant_sql(r)" ~ ' → ' ~ (default__get_show_grant_sql(r))) }}
  {{ print("default__get_grant_sql(r, 'select', ['a', 'b'])" ~ ' → ' ~ (default__get_grant_sql(r, 'select', ['a', 'b']))) }}
  {{ print("default__get_revoke_sql(r, 'select', ['a', 'b'])" ~ ' → ' ~ (default__get_revoke_sql(r, 'select', ['a', 'b']))) }}
  {{ print("get_dcl_statement_list(r, {'select': ['a', 'b'], 'insert': []}, get_grant_sql)" ~ ' → ' ~ (get_dcl_statement_list(r, {'select': ['a', 'b'], 'insert': []}, get_grant_sql))) }}
  {{ print("copy_grants()" ~ ' → ' ~ (copy_grants())) }}
  {{ print("should_revoke(none)" ~ ' → ' ~ (should_revoke(none))) }}
  {{ print("should_revoke(r)" ~ ' → ' ~ (should_revoke(r))) }}
  {{ print("should_revoke(r, false)" ~ ' → ' ~ (should_revoke(r, false))) }}
  {{ print("default__snapshot_hash_arguments(['a', 'b'])" ~ ' → ' ~ (default__snapshot_hash_arguments(['a', 'b']))) }}
  {{ print("snapshot_hash_arguments(['a'])" ~ ' → ' ~ (snapshot_hash_arguments(['a']))) }}
  {{ print("default__get_table_columns_and_constraints() if false else ''" ~ ' → ' ~ (default__get_table_columns_and_constraints() if false else '')) }}
  {{ print("unique_key_fields('id')" ~ ' → ' ~ (unique_key_fields('id'))) }}
  {{ print("unique_key_fields(['id', 'k'])" ~ ' → ' ~ (unique_key_fields(['id', 'k']))) }}
  {{ print("unique_key_join_on('id', 'a', 'b')" ~ ' → ' ~ (unique_key_join_on('id', 'a', 'b'))) }}
  {{ print("unique_key_join_on(['id', 'k'], 'a', 'b')" ~ ' → ' ~ (unique_key_join_on(['id', 'k'], 'a', 'b'))) }}
  {{ print("unique_key_is_null(['id'], 'a')" ~ ' → ' ~ (unique_key_is_null(['id'], 'a'))) }}
  {{ print("unique_key_is_null('id', 'a')" ~ ' → ' ~ (unique_key_is_null('id', 'a'))) }}
  {{ print("unique_key_is_not_null(['id'], 'a')" ~ ' → ' ~ (unique_key_is_not_null(['id'], 'a'))) }}
  {{ print("unique_key_is_not_null('id', 'a')" ~ ' → ' ~ (unique_key_is_not_null('id', 'a'))) }}
  {{ print("get_true_sql()" ~ ' → ' ~ (get_true_sql())) }}
  {{ print("get_snapshot_table_column_names()" ~ ' → ' ~ (get_snapshot_table_column_names())) }}
  {{ print("snapshot_get_time()" ~ ' → ' ~ (snapshot_get_time())) }}
  {{ print("snapshot_string_as_time('2024-01-01')" ~ ' → ' ~ (snapshot_string_as_time('2024-01-01'))) }}
  {{ print("get_snapshot_get_time_data_type()" ~ ' → ' ~ (get_snapshot_get_time_data_type())) }}
  {{ print("dates_in_range('20240227', '20240301')" ~ ' → ' ~ (dates_in_range('20240227', '20240301'))) }}
  {{ print("dates_in_range('20240227')" ~ ' → ' ~ (dates_in_range('20240227'))) }}
  {{ print("dates_in_range('2024-02-27', '2024-02-28', in_fmt='%Y-%m-%d', out_fmt='%d.%m')" ~ ' → ' ~ (dates_in_range('2024-02-27', '2024-02-28', in_fmt='%Y-%m-%d', out_fmt='%d.%m'))) }}
  {{ print("dates_in_range('20240227', out_fmt=none)" ~ ' → ' ~ (dates_in_range('20240227', out_fmt=none))) }}
  {{ print("partition_range('20240227, 20240228')" ~ ' → ' ~ (partition_range('20240227, 20240228'))) }}
  {{ print("partition_range(20240227)" ~ ' → ' ~ (partition_range(20240227))) }}
  {{ print("py_current_timestring() | length" ~ ' → ' ~ (py_current_timestring() | length)) }}
  {{ print("get_powers_of_two(1)" ~ ' → ' ~ (get_powers_of_two(1))) }}
  {{ print("get_powers_of_two(2)" ~ ' → ' ~ (get_powers_of_two(2))) }}
  {{ print("get_powers_of_two(100)" ~ ' → ' ~ (get_powers_of_two(100))) }}
  {{ print("get_intervals_between(\"date '2024-01-01'\", \"date '2024-02-01'\", 'day')" ~ ' → ' ~ (get_intervals_between("date '2024-01-01'", "date '2024-02-01'", 'day'))) }}
  {{ print("_split_part_negative('a', \"'b'\", -1)" ~ ' → ' ~ (_split_part_negative('a', "'b'", -1))) }}
  {{ print("default__split_part('a', \"'b'\", 2)" ~ ' → ' ~ (default__split_part('a', "'b'", 2))) }}
  {{ print("default__dateadd('day', 1, 'x')" ~ ' → ' ~ (default__dateadd('day', 1, 'x'))) }}
  {{ print("default__datediff('x', 'y', 'day')" ~ ' → ' ~ (default__datediff('x', 'y', 'day'))) }}
  {{ print("default__listagg('m', \"','\", 'order by x', 3)" ~ ' → ' ~ (default__listagg('m', "','", 'order by x', 3))) }}
  {{ print("default__listagg('m', \"','\", none, none)" ~ ' → ' ~ (default__listagg('m', "','", none, none))) }}
  {{ print("default__last_day('d', 'month')" ~ ' → ' ~ (default__last_day('d', 'month'))) }}
  {{ print("default__date(2024, 2, 3)" ~ ' → ' ~ (default__date(2024, 2, 3))) }}
  {{ print("default__array_construct([], 'text')" ~ ' → ' ~ (default__array_construct([], 'text'))) }}
  {{ print("default__array_construct([1, 2], 'text')" ~ ' → ' ~ (default__array_construct([1, 2], 'text'))) }}
  {{ print("default__array_append('a', 1)" ~ ' → ' ~ (default__array_append('a', 1))) }}
  {{ print("default__array_concat('a', 'b')" ~ ' → ' ~ (default__array_concat('a', 'b'))) }}
  {{ print("default__any_value('x')" ~ ' → ' ~ (default__any_value('x'))) }}
  {{ print("default__bool_or('x')" ~ ' → ' ~ (default__bool_or('x'))) }}
  {{ print("default__cast('x', 'text')" ~ ' → ' ~ (default__cast('x', 'text'))) }}
  {{ print("default__safe_cast('x', 'text')" ~ ' → ' ~ (default__safe_cast('x', 'text'))) }}
  {{ print("default__cast_bool_to_text('x')" ~ ' → ' ~ (default__cast_bool_to_text('x'))) }}
  {{ print("default__concat(['a', 'b'])" ~ ' → ' ~ (default__concat(['a', 'b']))) }}
  {{ print("default__date_trunc('day', 'x')" ~ ' → ' ~ (default__date_trunc('day', 'x'))) }}
  {{ print("default__equals('a', 'b')" ~ ' → ' ~ (default__equals('a', 'b'))) }}
  {{ print("default__escape_single_quotes(\"it's\")" ~ ' → ' ~ (default__escape_single_quotes("it's"))) }}
  {{ print("default__except()" ~ ' → ' ~ (default__except())) }}
  {{ print("default__intersect()" ~ ' → ' ~ (default__intersect())) }}
  {{ print("default__hash('x')" ~ ' → ' ~ (default__hash('x'))) }}
  {{ print("default__length('x')" ~ ' → ' ~ (default__length('x'))) }}
  {{ print("default__position('a', 'b')" ~ ' → ' ~ (default__position('a', 'b'))) }}
  {{ print("default__replace('a', 'b', 'c')" ~ ' → ' ~ (default__replace('a', 'b', 'c'))) }}
  {{ print("default__right('a', 2)" ~ ' → ' ~ (default__right('a', 2))) }}
  {{ print("default__string_literal('x')" ~ ' → ' ~ (default__string_literal('x'))) }}
  {{ print("type_string() ~ type_timestamp() ~ type_float() ~ type_numeric() ~ type_bigint() ~ type_int() ~ type_boolean()" ~ ' → ' ~ (type_string() ~ type_timestamp() ~ type_float() ~ type_numeric() ~ type_bigint() ~ type_int() ~ type_boolean())) }}
  {{ print("current_timestamp()" ~ ' → ' ~ (current_timestamp())) }}
  {{ print("current_timestamp_backcompat()" ~ ' → ' ~ (current_timestamp_backcompat())) }}
  {{ print("current_timestamp_in_utc_backcompat()" ~ ' → ' ~ (current_timestamp_in_utc_backcompat())) }}
  {{ print("default__information_schema_name('db')" ~ ' → ' ~ (default__information_schema_name('db'))) }}
  {{ print("default__information_schema_name(none)" ~ ' → ' ~ (default__information_schema_name(none))) }}
  {{ print("default__get_limit_sql('select 1', 3)" ~ ' → ' ~ (default__get_limit_sql('select 1', 3))) }}
  {{ print("get_limit_subquery_sql('select 1', none)" ~ ' → ' ~ (get_limit_subquery_sql('select 1', none))) }}
  {{ print("get_show_sql('select 1', 'set x;', 5)" ~ ' → ' ~ (get_show_sql('select 1', 'set x;', 5))) }}
  {{ print("get_test_sql('select 1', 'count(*)', '> 0', '!= 0', 5)" ~ ' → ' ~ (get_test_sql('select 1', 'count(*)', '> 0', '!= 0', 5))) }}
  {{ print("get_test_sql('select 1', 'count(*)', '> 0', '!= 0', none)" ~ ' → ' ~ (get_test_sql('select 1', 'count(*)', '> 0', '!= 0', none))) }}
  {{ print("get_unit_test_sql('select 1', 'select 2', ['\"a\"', '\"b\"'])" ~ ' → ' ~ (get_unit_test_sql('select 1', 'select 2', ['"a"', '"b"']))) }}
  {{ print("get_expected_sql([{'A': 1, 'b': 'x'}, {'a': none, 'B': \"it's\"}], {'a': 'integer', 'b': 'character varying(1)'}, {'a': '\"a\"', 'b': '\"b\"'})" ~ ' → ' ~ (get_expected_sql([{'A': 1, 'b': 'x'}, {'a': none, 'B': "it's"}], {'a': 'integer', 'b': 'character varying(1)'}, {'a': '"a"', 'b': '"b"'}))) }}
  {{ print("get_expected_sql([], {}, {})" ~ ' → ' ~ (get_expected_sql([], {}, {}))) }}
  {{ print("format_row({'A': 1.5, 'b': true}, {'a': 'double', 'b': 'boolean'})" ~ ' → ' ~ (format_row({'A': 1.5, 'b': true}, {'a': 'double', 'b': 'boolean'}))) }}
  {{ print("get_csv_sql('create', 'insert')" ~ ' → ' ~ (get_csv_sql('create', 'insert'))) }}
  {{ print("default__get_binding_char()" ~ ' → ' ~ (default__get_binding_char())) }}
  {{ print("get_binding_char()" ~ ' → ' ~ (get_binding_char())) }}
  {{ print("default__get_batch_size()" ~ ' → ' ~ (default__get_batch_size())) }}
  {{ print("get_quoted_csv(['a', 'B'])" ~ ' → ' ~ (get_quoted_csv(['a', 'B']))) }}
  {{ print("get_merge_update_columns(['a'], none, cols)" ~ ' → ' ~ (get_merge_update_columns(['a'], none, cols))) }}
  {{ print("get_merge_update_columns(none, ['ID'], cols)" ~ ' → ' ~ (get_merge_update_columns(none, ['ID'], cols))) }}
  {{ print("get_merge_update_columns(none, none, cols)" ~ ' → ' ~ (get_merge_update_columns(none, none, cols))) }}
  {{ print("diff_columns(cols, cols[:1])" ~ ' → ' ~ (diff_columns(cols, cols[:1]))) }}
  {{ print("diff_column_data_types(cols, [api.Column('id', 'text')])" ~ ' → ' ~ (diff_column_data_types(cols, [api.Column('id', 'text')]))) }}
  {{ print("incremental_validate_on_schema_change('nonsense')" ~ ' → ' ~ (incremental_validate_on_schema_change('nonsense'))) }}
  {{ print("incremental_validate_on_schema_change('fail')" ~ ' → ' ~ (incremental_validate_on_schema_change('fail'))) }}
  {{ print("make_temp_relation(r) | string | length > 30" ~ ' → ' ~ (make_temp_relation(r) | string | length > 30)) }}
  {{ print("make_intermediate_relation(r)" ~ ' → ' ~ (make_intermediate_relation(r))) }}
  {{ print("make_backup_relation(r, 'view')" ~ ' → ' ~ (make_backup_relation(r, 'view'))) }}
  {{ print("make_backup_relation(r, 'view').type" ~ ' → ' ~ (make_backup_relation(r, 'view').type)) }}
  {{ print("default__make_temp_relation(r, 'x')" ~ ' → ' ~ (default__make_temp_relation(r, 'x'))) }}
  {{ print("get_or_create_relation(r.database, r.schema, 'not_there', 'table')" ~ ' → ' ~ (get_or_create_relation(r.database, r.schema, 'not_there', 'table'))) }}
  {{ print("get_or_create_relation(r.database, target.schema, 'rows', 'view')[1].type" ~ ' → ' ~ (get_or_create_relation(r.database, target.schema, 'rows', 'view')[1].type)) }}
  {{ print("load_relation(r)" ~ ' → ' ~ (load_relation(r))) }}
  {{ print("get_empty_subquery_sql('select 1')" ~ ' → ' ~ (get_empty_subquery_sql('select 1'))) }}
  {{ print("default__get_empty_subquery_sql('select 1', 'set x;')" ~ ' → ' ~ (default__get_empty_subquery_sql('select 1', 'set x;'))) }}
  {{ print("get_empty_schema_sql({'a': {'name': 'a', 'data_type': 'int'}, 'b': {'name': 'B', 'data_type': 'numeric', 'quote': true}})" ~ ' → ' ~ (get_empty_schema_sql({'a': {'name': 'a', 'data_type': 'int'}, 'b': {'name': 'B', 'data_type': 'numeric', 'quote': true}}))) }}
  {{ print("get_columns_in_query('select 1 as a, 2 as \"B\"')" ~ ' → ' ~ (get_columns_in_query('select 1 as a, 2 as "B"'))) }}
  {{ print("get_column_schema_from_query('select 1 as a, {x: 1} as s')" ~ ' → ' ~ (get_column_schema_from_query('select 1 as a, {x: 1} as s'))) }}
  {{ print("get_list_of_column_names(cols)" ~ ' → ' ~ (get_list_of_column_names(cols))) }}
  {{ print("format_columns(cols)" ~ ' → ' ~ (format_columns(cols))) }}
  {{ print("validate_sql('select 1').response" ~ ' → ' ~ (validate_sql('select 1').response)) }}
  {{ print("run_query('select 1 as a, null as b').print_json()" ~ ' → ' ~ (run_query('select 1 as a, null as b').print_json())) }}
  {{ print("before_begin('x')" ~ ' → ' ~ (before_begin('x'))) }}
  {{ print("in_transaction(\"it's\")" ~ ' → ' ~ (in_transaction("it's"))) }}
  {{ print("after_commit('\"x\"')" ~ ' → ' ~ (after_commit('"x"'))) }}
  {{ print("make_hook_config('x', true)" ~ ' → ' ~ (make_hook_config('x', true))) }}
  {{ print("should_full_refresh() if config is defined else ''" ~ ' → ' ~ (should_full_refresh() if config is defined else '')) }}
  {{ print("generate_schema_name_for_env('x', none)" ~ ' → ' ~ (generate_schema_name_for_env('x', none))) }}
  {{ print("generate_schema_name(' x ', none)" ~ ' → ' ~ (generate_schema_name(' x ', none))) }}
  {{ print("generate_schema_name(none, none)" ~ ' → ' ~ (generate_schema_name(none, none))) }}
  {{ print("generate_database_name('x', none)" ~ ' → ' ~ (generate_database_name('x', none))) }}
  {{ print("generate_database_name(none, none)" ~ ' → ' ~ (generate_database_name(none, none))) }}
  {{ print("generate_alias_name(' x ', none)" ~ ' → ' ~ (generate_alias_name(' x ', none))) }}
  {{ print("generate_alias_name(none, {'name': 'n', 'version': 1.5})" ~ ' → ' ~ (generate_alias_name(none, {'name': 'n', 'version': 1.5}))) }}
  {{ print("generate_alias_name(none, {'name': 'n', 'version': none})" ~ ' → ' ~ (generate_alias_name(none, {'name': 'n', 'version': none}))) }}
  {{ print("generate_latest_version_pointer_alias(none, {'name': 'n'})" ~ ' → ' ~ (generate_latest_version_pointer_alias(none, {'name': 'n'}))) }}
  {{ print("generate_latest_version_pointer_alias(' x ', {'name': 'n'})" ~ ' → ' ~ (generate_latest_version_pointer_alias(' x ', {'name': 'n'}))) }}
  {{ print("resolve_model_name(r)" ~ ' → ' ~ (resolve_model_name(r))) }}
  {{ print("is_core_v2()" ~ ' → ' ~ (is_core_v2())) }}
  {{ print("can_clone_table()" ~ ' → ' ~ (can_clone_table())) }}
  {{ print("create_or_replace_clone(r, s)" ~ ' → ' ~ (create_or_replace_clone(r, s))) }}
  {{ print("get_column_names() if false else ''" ~ ' → ' ~ (get_column_names() if false else '')) }}
  {{ print("duckdb_escape_comment('x')" ~ ' → ' ~ (duckdb_escape_comment('x'))) }}
  {{ print("normalize_string_or_list(['a'], 'f')" ~ ' → ' ~ (normalize_string_or_list(['a'], 'f'))) }}
  {{ print("normalize_string_or_list('a', 'f')" ~ ' → ' ~ (normalize_string_or_list('a', 'f'))) }}
  {{ print("normalize_string_or_list(none, 'f')" ~ ' → ' ~ (normalize_string_or_list(none, 'f'))) }}
  {{ print("duckdb__merge_join_clause('id', [], ['x'])" ~ ' → ' ~ (duckdb__merge_join_clause('id', [], ['x']))) }}
  {{ print("duckdb__merge_join_clause(['id', 'k'], [], [])" ~ ' → ' ~ (duckdb__merge_join_clause(['id', 'k'], [], []))) }}
  {{ print("duckdb__merge_join_clause(none, [], [])" ~ ' → ' ~ (duckdb__merge_join_clause(none, [], []))) }}
  {{ print("duckdb__merge_join_clause('id', ['a', 'b'], ['x'])" ~ ' → ' ~ (duckdb__merge_join_clause('id', ['a', 'b'], ['x']))) }}
  {{ print("duckdb__merge_join_clause('id', ['a', 'b'], none)" ~ ' → ' ~ (duckdb__merge_join_clause('id', ['a', 'b'], none))) }}
  {{ print("merge_clause_defaults('a', 'b')" ~ ' → ' ~ (merge_clause_defaults('a', 'b'))) }}
  {{ print("flight_name({'package_name': 'p', 'database': none, 'schema': 's', 'name': 'n'})" ~ ' → ' ~ (flight_name({'package_name': 'p', 'database': none, 'schema': 's', 'name': 'n'}))) }}
  {{ print("validate_doc_columns(r, {'ID': {'quote': none}, 'K': {'quote': true}, 'z': {'quote': false}}, ['id', 'k'])" ~ ' → ' ~ (validate_doc_columns(r, {'ID': {'quote': none}, 'K': {'quote': true}, 'z': {'quote': false}}, ['id', 'k']))) }}
  {{ print("duckdb__get_catalog_schemas_where_clause_sql([])" ~ ' → ' ~ (duckdb__get_catalog_schemas_where_clause_sql([]))) }}
  {{ print("duckdb__get_catalog_schemas_where_clause_sql(['a', 'b'])" ~ ' → ' ~ (duckdb__get_catalog_schemas_where_clause_sql(['a', 'b']))) }}
  {{ print("duckdb__get_catalog_relations_where_clause_sql([r, r.without_identifier()])" ~ ' → ' ~ (duckdb__get_catalog_relations_where_clause_sql([r, r.without_identifier()]))) }}
  {{ print("get_catalog(r.information_schema(), [target.schema]).column_names" ~ ' → ' ~ (get_catalog(r.information_schema(), [target.schema]).column_names)) }}
  {{ print("get_catalog_relations(r.information_schema(), [r]).rows | length" ~ ' → ' ~ (get_catalog_relations(r.information_schema(), [r]).rows | length)) }}
  {{ print("list_schemas(target.database).columns[0].values() | sort | list" ~ ' → ' ~ (list_schemas(target.database).columns[0].values() | sort | list)) }}
  {{ print("check_schema_exists(r.information_schema(), 'MAIN')[0][0]" ~ ' → ' ~ (check_schema_exists(r.information_schema(), 'MAIN')[0][0])) }}
  {{ print("list_relations_without_caching(r.without_identifier()).column_names" ~ ' → ' ~ (list_relations_without_caching(r.without_identifier()).column_names)) }}
  {{ print("strategy_dispatch('check') is callable" ~ ' → ' ~ (strategy_dispatch('check') is callable)) }}
  {{ print("strategy_dispatch('dbt.timestamp') is callable" ~ ' → ' ~ (strategy_dispatch('dbt.timestamp') is callable)) }}
  {{ print("location_exists('/nowhere')" ~ ' → ' ~ (location_exists('/nowhere'))) }}
  {{ print("adapter.get_columns_in_relation(r)" ~ ' → ' ~ (adapter.get_columns_in_relation(r))) }}
  {{ print("resolve_model_name('\"a\"')" ~ ' → ' ~ (resolve_model_name('"a"'))) }}
  {% endif %}
{% endmacro %}


{#- The ways to replace one relation by another, as databases have them that can rename, or replace, or neither. -#}
{% macro say_replacing() %}
  {% set plain = api.Relation.create(database=target.database, schema=target.schema, identifier='there', type='table') %}
  {% set renamed = plain.incorporate(renameable_relations=['table', 'view']) %}
  {% set replaced = plain.incorporate(replaceable_relations=['table', 'view']) %}
  {% for old, new in [(plain, plain), (renamed, plain), (plain, renamed), (renamed, renamed), (replaced, replaced),
      (renamed.incorporate(type='view'), renamed), (replaced.incorporate(type='view'), replaced.incorporate(type='view'))] %}
    {{ print(loop.index ~ ' → ' ~ get_replace_sql(old, new, 'select 1')) }}
  {% endfor %}
  {{ print('backup → ' ~ get_create_backup_sql(renamed)) }}
  {{ print('intermediate → ' ~ get_create_intermediate_sql(renamed, 'select 1')) }}
  {{ print('rename intermediate → ' ~ get_rename_intermediate_sql(renamed)) }}
{% endmacro %}

{% macro duckdb__get_rename_table_sql(relation, new_name) %}rename table {{ relation }} {{ new_name }}{% endmacro %}
{% macro duckdb__get_rename_view_sql(relation, new_name) %}rename view {{ relation }} {{ new_name }}{% endmacro %}
{% macro duckdb__get_replace_table_sql(relation, sql) %}replace table {{ relation }} {{ sql }}{% endmacro %}
{% macro duckdb__get_replace_view_sql(relation, sql) %}replace view {{ relation }} {{ sql }}{% endmacro %}

