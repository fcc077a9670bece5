{#-
  DuckDB's MERGE. Without further configs, rows with the same key are updated and others inserted, column
  by column of the same name. `merge_clauses` = {when_matched: [clause], when_not_matched: [clause]} says
  it all by hand; a clause is {action, mode, condition, …}.
-#}
{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {%- do validate_merge_config(config, target) -%}
  {%- set predicates = normalize_incremental_predicates(incremental_predicates) -%}

  {%- set updated = config.get('merge_update_columns', []) -%}
  {%- set excluded = config.get('merge_exclude_columns', []) -%}
  {%- set expressions = config.get('merge_update_set_expressions', {}) -%}
  {%- set usual = merge_clause_defaults(
    config.get('merge_update_condition'), config.get('merge_insert_condition'), updated, excluded, expressions
  ) -%}
  {%- set usual_update = usual.when_matched_update_explicit if updated or excluded or expressions
                         else usual.when_matched_update_by_name -%}

  {%- set clauses = config.get('merge_clauses', {}) -%}
  {%- set returning = config.get('merge_returning_columns', []) -%}

  {{ config.get('sql_header') or '' }}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  {{ duckdb__merge_join_clause(unique_key, config.get('merge_on_using_columns', []), predicates) }}
  {%- for clause in clauses.get('when_matched', [usual_update]) %}
  when matched {{ _merge_condition(clause) }} then {{ _merge_action(clause, dest_columns, matched=true) }}
  {%- endfor %}
  {%- for clause in clauses.get('when_not_matched', [usual.when_not_matched_insert_by_name]) %}
  when not matched {{ 'by ' ~ clause['by'] if clause.get('by') }} {{ _merge_condition(clause) }}
    then {{ _merge_action(clause, dest_columns, matched=false) }}
  {%- endfor %}
  {{ 'returning ' ~ (returning if returning is string else returning | join(', ')) if returning }}
{% endmacro %}


{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) %}
  {%- set conditions = [] -%}
  {%- if not merge_on_using_columns -%}
    {%- for key in ([unique_key] if unique_key is string else unique_key or []) -%}
      {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- else -%}
      {%- do conditions.append('false') -%}
    {%- endfor -%}
  {%- endif -%}
  {%- do conditions.extend(incremental_predicates or []) -%}
  {{- 'using (' ~ merge_on_using_columns | join(', ') ~ ') ' if merge_on_using_columns -}}
  {{- 'on (' ~ conditions | join(') and (') ~ ')' if conditions -}}
{% endmacro %}

{#- The clauses where a model configures none of its own. -#}
{% macro merge_clause_defaults(
  merge_update_condition,
  merge_insert_condition,
  merge_update_columns=[],
  merge_exclude_columns=[],
  merge_update_set_expressions={}
) %}
  {%- do return({
    'when_matched_update_by_name': {'action': 'update', 'mode': 'by_name', 'condition': merge_update_condition},
    'when_matched_update_explicit': {
      'action': 'update',
      'mode': 'explicit',
      'condition': merge_update_condition,
      'update': {
        'include': merge_update_columns,
        'exclude': merge_exclude_columns,
        'set_expressions': merge_update_set_expressions
      }
    },
    'when_not_matched_insert_by_name': {'action': 'insert', 'mode': 'by_name', 'condition': merge_insert_condition}
  }) -%}
{% endmacro %}


{#- `condition` is a text, or a list of which all must hold. -#}
{% macro _merge_condition(clause) %}
  {%- set condition = clause.get('condition') -%}
  {{- 'and ' ~ (condition if condition is string else '(' ~ condition | join(') and (') ~ ')') if condition -}}
{% endmacro %}

{% macro _merge_action(clause, dest_columns, matched) %}
  {%- set action, mode = clause.get('action'), clause.get('mode') -%}
  {%- set modes = {'by_name': 'by name', 'by_position': 'by position'} -%}
  {%- if action == 'update' -%}
    {%- if not matched -%}
      update set {{ _merge_assignments(clause.get('set_expressions', {}), []) }}
    {%- elif mode == 'explicit' -%}
      {%- set update = clause.get('update', {}) -%}
      {%- set columns = get_merge_update_columns(update.get('include', []), update.get('exclude', []), dest_columns) -%}
      update set {{ _merge_assignments(update.get('set_expressions', {}), columns) }}
    {%- else -%}
      update {{ modes.get(mode, 'set *' if mode == 'star') }}
    {%- endif -%}
  {%- elif action == 'insert' -%}
    {%- if mode == 'explicit' -%}
      {%- set insert = clause.get('insert', {}) -%}
      insert ({{ insert.get('columns', []) | join(', ') }}) values ({{ insert.get('values', []) | join(', ') }})
    {%- else -%}
      insert {{ modes.get(mode, '*' if mode == 'star') }}
    {%- endif -%}
  {%- elif action == 'delete' -%}
    delete
  {%- elif action == 'do_nothing' -%}
    do nothing
  {%- elif action == 'error' -%}
    error {{ "'" ~ clause['error_message'] | replace("'", "''") ~ "'" if clause.get('error_message') }}
  {%- endif -%}
{% endmacro %}

{#- Expressions that are given, then the source's value for those columns that have none. -#}
{% macro _merge_assignments(expressions, columns) %}
  {%- set assignments = [] -%}
  {%- for column, expression in expressions.items() -%}
    {%- do assignments.append(column ~ ' = ' ~ expression) -%}
  {%- endfor -%}
  {%- for column in columns if column | replace('"', '') | replace("'", '') not in expressions -%}
    {%- do assignments.append(column ~ ' = DBT_INTERNAL_SOURCE.' ~ column) -%}
  {%- endfor -%}
  {{- assignments | join(', ') -}}
{% endmacro %}
