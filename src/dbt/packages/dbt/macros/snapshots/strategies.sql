{#-
  A strategy says what makes a row a new version. It is a macro `snapshot_<name>_strategy`, which projects
  may write too, and answers {unique_key, updated_at, row_changed, scd_id, invalidate_hard_deletes,
  hard_deletes}: SQL over the two relations that it is given the names of. `model_config` is of no use any
  more.
-#}
{% macro strategy_dispatch(name) %}
  {%- set package, strategy = name.split('.', 1) if '.' in name else (none, name) -%}
  {%- if package is not none and package not in context -%}
    {%- do exceptions.raise_compiler_error(
      "The snapshot strategy '" ~ name ~ "' names a package that is not installed: " ~ package
    ) -%}
  {%- endif -%}
  {%- set macros = context if package is none else context[package] -%}
  {%- set macro_name = 'snapshot_' ~ strategy ~ '_strategy' -%}
  {%- if macro_name not in macros -%}
    {%- do exceptions.raise_compiler_error(
      "There is no snapshot strategy '" ~ name ~ "': no macro is called " ~ macro_name
    ) -%}
  {%- endif -%}
  {%- do return(macros[macro_name]) -%}
{% endmacro %}


{#-
  Newer by the source's own time. Compared with dbt_valid_from, which also tables have that began with
  another strategy.
-#}
{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {%- set unique_key = config.get('unique_key') -%}
  {%- set updated_at = config.get('updated_at') -%}
  {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
  {%- set hard_deletes = adapter.get_hard_deletes_behavior(config) -%}
  {%- do return({
    'unique_key': unique_key,
    'updated_at': updated_at,
    'row_changed': '(' ~ snapshotted_rel ~ '.' ~ columns.dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')',
    'scd_id': snapshot_hash_arguments(api.Relation.scd_args(unique_key, updated_at)),
    'invalidate_hard_deletes': hard_deletes == 'invalidate',
    'hard_deletes': hard_deletes
  }) -%}
{% endmacro %}


{#- Different in one of the columns `check_cols`. A column that the table lacks makes every row different. -#}
{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {%- set unique_key = config.get('unique_key') -%}
  {%- set updated_at = config.get('updated_at') or snapshot_get_time() -%}
  {%- set hard_deletes = adapter.get_hard_deletes_behavior(config) -%}
  {%- set column_added, compared = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) -%}

  {%- set differences = [] -%}
  {%- for column in compared -%}
    {%- set was, now = snapshotted_rel ~ '.' ~ column, current_rel ~ '.' ~ column -%}
    {%- do differences.append(
      was ~ ' != ' ~ now
      ~ ' or (' ~ was ~ ' is null and ' ~ now ~ ' is not null)'
      ~ ' or (' ~ was ~ ' is not null and ' ~ now ~ ' is null)'
    ) -%}
  {%- endfor -%}
  {%- do return({
    'unique_key': unique_key,
    'updated_at': updated_at,
    'row_changed': '(' ~ (get_true_sql() if column_added else differences | join('\n or ')) ~ ')',
    'scd_id': snapshot_hash_arguments(api.Relation.scd_args(unique_key, updated_at)),
    'invalidate_hard_deletes': hard_deletes == 'invalidate',
    'hard_deletes': hard_deletes
  }) -%}
{% endmacro %}

{#- (whether the query has columns that the table lacks, the columns of both, quoted). -#}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) %}
  {%- if not target_exists -%}
    {%- do return((false, [])) -%}
  {%- endif -%}

  {%- if check_cols_config == 'all' -%}
    {%- set checked = get_columns_in_query(node['compiled_code']) -%}
  {%- elif check_cols_config is iterable and check_cols_config | length > 0 -%}
    {#-
      Asked of the database, which answers names in its own case. The query stands on lines of its own: it
      may end in a comment.
    -#}
    {%- set of_columns %}
      select {{ check_cols_config | join(', ') }} from (
        {{ node['compiled_code'] }}
      ) subq
    {% endset -%}
    {%- set checked = get_columns_in_query(of_columns) -%}
  {%- else -%}
    {%- do exceptions.raise_compiler_error(
      "`check_cols` is 'all' or a list of columns, not: " ~ check_cols_config
    ) -%}
  {%- endif -%}

  {%- set table = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias) -%}
  {%- set existing = get_list_of_column_names(adapter.get_columns_in_relation(table)) -%}
  {%- set compared = [] -%}
  {%- for name in checked if name in existing -%}
    {%- do compared.append(adapter.quote(name)) -%}
  {%- endfor -%}
  {%- do return(((compared | length) < (checked | length), compared)) -%}
{% endmacro %}


{#- SQL for the id of one version of one row. -#}
{% macro snapshot_hash_arguments(args) %}
  {%- do return(adapter.dispatch('snapshot_hash_arguments', 'dbt')(args)) -%}
{% endmacro %}

{% macro default__snapshot_hash_arguments(args) %}
  {%- set texts = [] -%}
  {%- for arg in args -%}
    {%- do texts.append("coalesce(cast(" ~ arg ~ " as varchar), '')") -%}
  {%- endfor -%}
  {{- 'md5(' ~ texts | join(" || '|' || ") ~ ')' -}}
{% endmacro %}
