{#- The time now. -#}
{% macro current_timestamp() %}
  {%- do return(adapter.dispatch('current_timestamp', 'dbt')()) -%}
{% endmacro %}

{% macro default__current_timestamp() %}
  {%- do exceptions.raise_not_implemented(
    'Adapter ' ~ adapter.type() ~ ' does not implement `current_timestamp`'
  ) -%}
{% endmacro %}


{#- What dbt_utils.current_timestamp once was, for projects that still mean that one. -#}
{% macro current_timestamp_backcompat() %}
  {%- do return(adapter.dispatch('current_timestamp_backcompat', 'dbt')()) -%}
{% endmacro %}

{% macro default__current_timestamp_backcompat() -%}
  current_timestamp::timestamp
{%- endmacro %}

{% macro current_timestamp_in_utc_backcompat() %}
  {%- do return(adapter.dispatch('current_timestamp_in_utc_backcompat', 'dbt')()) -%}
{% endmacro %}

{% macro default__current_timestamp_in_utc_backcompat() %}
  {%- do return(adapter.dispatch('current_timestamp_backcompat', 'dbt')()) -%}
{% endmacro %}
