{#-
  What the query's columns being others than the table's means: `on_schema_change` is ignore, fail,
  append_new_columns or sync_all_columns.
-#}
{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') %}
  {%- if on_schema_change in ['ignore', 'fail', 'append_new_columns', 'sync_all_columns'] -%}
    {%- do return(on_schema_change) -%}
  {%- endif -%}
  {%- do log("on_schema_change cannot be '" ~ on_schema_change ~ "': '" ~ default ~ "' is taken") -%}
  {%- do return(default) -%}
{% endmacro %}


{#-
  Brings the target in line. Answers the columns to write: the query's, or {} where nothing was compared.
-#}
{% macro process_schema_changes(on_schema_change, source_relation, target_relation) %}
  {%- do return(adapter.dispatch('process_schema_changes', 'dbt')(
    on_schema_change, source_relation, target_relation
  )) -%}
{% endmacro %}

{% macro default__process_schema_changes(on_schema_change, source_relation, target_relation) %}
  {%- if on_schema_change == 'ignore' -%}
    {%- do return({}) -%}
  {%- endif -%}
  {%- set changes = check_for_schema_changes(source_relation, target_relation) -%}
  {%- if changes['schema_changed'] -%}
    {%- if on_schema_change == 'fail' -%}
      {%- set problem -%}
        The query of this incremental model has other columns than its table {{ target_relation }}.
          Columns that the table lacks: {{ changes['source_not_in_target'] | map(attribute='name') | join(', ') or 'none' }}
          Columns that the query lacks: {{ changes['target_not_in_source'] | map(attribute='name') | join(', ') or 'none' }}
          Columns of another type: {{ changes['new_target_types'] | map(attribute='column_name') | join(', ') or 'none' }}
        Set on_schema_change to append_new_columns or sync_all_columns, or run the model with --full-refresh.
      {%- endset -%}
      {%- do exceptions.raise_compiler_error(problem) -%}
    {%- endif -%}
    {%- do sync_column_schemas(on_schema_change, target_relation, changes) -%}
  {%- endif -%}
  {%- do return(changes['source_columns']) -%}
{% endmacro %}


{% macro check_for_schema_changes(source_relation, target_relation) %}
  {%- do return(adapter.dispatch('check_for_schema_changes', 'dbt')(source_relation, target_relation)) -%}
{% endmacro %}

{% macro default__check_for_schema_changes(source_relation, target_relation) %}
  {%- set source_columns = adapter.get_columns_in_relation(source_relation) -%}
  {%- set target_columns = adapter.get_columns_in_relation(target_relation) -%}
  {%- set added = diff_columns(source_columns, target_columns) -%}
  {%- set removed = diff_columns(target_columns, source_columns) -%}
  {%- set retyped = diff_column_data_types(source_columns, target_columns) -%}
  {%- do log(
    'Columns of ' ~ target_relation ~ ': ' ~ added | length ~ ' new, ' ~ removed | length ~ ' gone, '
    ~ retyped | length ~ ' of another type'
  ) -%}
  {%- do return({
    'schema_changed': (added or removed or retyped) | length > 0,
    'source_not_in_target': added,
    'target_not_in_source': removed,
    'source_columns': source_columns,
    'target_columns': target_columns,
    'new_target_types': retyped
  }) -%}
{% endmacro %}


{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
  {%- do return(adapter.dispatch('sync_column_schemas', 'dbt')(
    on_schema_change, target_relation, schema_changes_dict
  )) -%}
{% endmacro %}

{% macro default__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
  {%- set sync_all = on_schema_change == 'sync_all_columns' -%}
  {%- set added = schema_changes_dict['source_not_in_target'] -%}
  {%- set removed = schema_changes_dict['target_not_in_source'] if sync_all else none -%}
  {%- if (added and on_schema_change == 'append_new_columns') or (sync_all and (added or removed)) -%}
    {%- do alter_relation_add_remove_columns(target_relation, added, removed) -%}
  {%- endif -%}
  {%- for change in schema_changes_dict['new_target_types'] if sync_all -%}
    {%- do alter_column_type(target_relation, change['column_name'], change['new_type']) -%}
  {%- endfor -%}
  {%- do log(
    'Columns of ' ~ target_relation ~ ' were changed as on_schema_change says: ' ~ on_schema_change
  ) -%}
{% endmacro %}
