{#- A batch replaces what the table holds of its span of time. -#}
{% macro duckdb__get_incremental_microbatch_sql(arg_dict) %}
  {%- set event_time = config.get('event_time') -%}
  {%- set batch = model.get('batch') or {} -%}
  {%- set begin, end = batch.get('event_time_start'), batch.get('event_time_end') -%}
  {%- if not event_time -%}
    {%- do exceptions.raise_compiler_error("The strategy microbatch requires the config 'event_time'") -%}
  {%- elif config.get('unique_key') -%}
    {%- do exceptions.raise_compiler_error(
      "The strategy microbatch does not support 'unique_key': a batch replaces rows by their 'event_time'. "
      "Remove 'unique_key', or take incremental_strategy='merge'."
    ) -%}
  {%- elif not (begin and end) -%}
    {%- do exceptions.raise_compiler_error(
      'The strategy microbatch runs in batches, and this run is none'
    ) -%}
  {%- endif -%}

  {%- set target, source = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
  {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {%- set in_batch = event_time ~ " >= '" ~ begin ~ "' and " ~ event_time ~ " < '" ~ end ~ "'" %}
  delete from {{ target }}
  where {{ in_batch }}
  {%- for predicate in normalize_incremental_predicates(arg_dict.get('incremental_predicates')) %}
    and ({{ predicate }})
  {%- endfor %};

  insert into {{ target }} ({{ columns }})
  select {{ columns }}
  from {{ source }}
  where {{ in_batch }};
{% endmacro %}
