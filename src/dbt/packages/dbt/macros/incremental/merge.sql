{#-
  Rows are matched by key: those that match are updated, the others inserted. Without a key nothing matches.
-#}
{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {#- `predicates` is the older keyword. -#}
  {%- set conditions = kwargs.get('predicates', incremental_predicates) -%}
  {%- do return(adapter.dispatch('get_merge_sql', 'dbt')(
    target, source, unique_key, dest_columns, conditions
  )) -%}
{% endmacro %}

{% macro default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {%- set conditions = (incremental_predicates or []) | list -%}
  {%- if not unique_key -%}
    {%- do conditions.append('FALSE') -%}
  {%- elif unique_key is string -%}
    {%- do conditions.append(get_merge_unique_key_match(
      'DBT_INTERNAL_SOURCE.' ~ unique_key, 'DBT_INTERNAL_DEST.' ~ unique_key
    )) -%}
  {%- else -%}
    {%- for key in unique_key -%}
      {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- endfor -%}
  {%- endif -%}

  {%- set updated = get_merge_update_columns(
    config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns
  ) -%}
  {%- set inserted = get_quoted_csv(dest_columns | map(attribute='name')) -%}

  {{ config.get('sql_header') or '' }}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  on ({{ conditions | join(') and (') }})
  {%- if unique_key %}
  when matched then update set
    {% for column in updated -%}
      {{ column }} = DBT_INTERNAL_SOURCE.{{ column }}{{ '' if loop.last else ', ' }}
    {%- endfor %}
  {%- endif %}
  when not matched then insert ({{ inserted }}) values ({{ inserted }})
{% endmacro %}


{% macro get_merge_unique_key_match(source_unique_key, target_unique_key) %}
  {%- do return(adapter.dispatch('get_merge_unique_key_match', 'dbt')(
    source_unique_key, target_unique_key
  )) -%}
{% endmacro %}

{% macro default__get_merge_unique_key_match(source_unique_key, target_unique_key) %}
  {%- do return(equals(source_unique_key, target_unique_key) | trim) -%}
{% endmacro %}


{#- The columns that a match updates: those named, or all but those named, or all. -#}
{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {%- do return(adapter.dispatch('get_merge_update_columns', 'dbt')(
    merge_update_columns, merge_exclude_columns, dest_columns
  )) -%}
{% endmacro %}

{% macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {%- if merge_update_columns and merge_exclude_columns -%}
    {%- do exceptions.raise_compiler_error(
      'A model names either merge_update_columns or merge_exclude_columns, not both'
    ) -%}
  {%- elif merge_update_columns -%}
    {%- do return(merge_update_columns) -%}
  {%- endif -%}
  {%- set excluded = (merge_exclude_columns or []) | map('lower') | list -%}
  {%- set updated = [] -%}
  {%- for column in dest_columns if column.column | lower not in excluded -%}
    {%- do updated.append(column.quoted) -%}
  {%- endfor -%}
  {%- do return(updated) -%}
{% endmacro %}
