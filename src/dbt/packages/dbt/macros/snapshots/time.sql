{#- The time at which a snapshot is taken, as SQL, and its type. -#}
{% macro snapshot_get_time() %}
  {%- do return(adapter.dispatch('snapshot_get_time', 'dbt')()) -%}
{% endmacro %}

{% macro default__snapshot_get_time() %}
  {%- do return(current_timestamp()) -%}
{% endmacro %}

{% macro get_snapshot_get_time_data_type() %}
  {%- set columns = get_column_schema_from_query('select ' ~ snapshot_get_time() ~ ' as dbt_snapshot_time') -%}
  {%- do return(columns[0].dtype or none) -%}
{% endmacro %}


{#- A text as such a time. -#}
{% macro snapshot_string_as_time(timestamp) %}
  {%- do return(adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp)) -%}
{% endmacro %}

{% macro default__snapshot_string_as_time(timestamp) %}
  {%- do exceptions.raise_not_implemented(
    'Adapter ' ~ adapter.type() ~ ' does not implement `snapshot_string_as_time`'
  ) -%}
{% endmacro %}


{#- Warns where `updated_at` has another type than that time: versions would not line up. -#}
{% macro check_time_data_types(sql) %}
  {%- set of_updated_at = get_updated_at_column_data_type(sql) -%}
  {%- set of_time = get_snapshot_get_time_data_type() -%}
  {%- if of_time is not none and of_updated_at is not none and of_time != of_updated_at
        and exceptions.warn_snapshot_timestamp_data_types -%}
    {%- do exceptions.warn_snapshot_timestamp_data_types(of_time, of_updated_at) -%}
  {%- endif -%}
{% endmacro %}

{% macro get_updated_at_column_data_type(snapshot_sql) %}
  {%- set found = get_column_schema_from_query(snapshot_sql)
      | selectattr('column', 'in', ['dbt_updated_at', 'DBT_UPDATED_AT']) | list -%}
  {%- do return((found[-1].dtype or none) if found else none) -%}
{% endmacro %}
