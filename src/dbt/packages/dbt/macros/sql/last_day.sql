{#- The last day of the year, quarter, month … of a date: the day before the next one begins. -#}
{% macro last_day(date, datepart) %}
  {%- do return(adapter.dispatch('last_day', 'dbt')(date, datepart)) -%}
{% endmacro %}

{% macro default__last_day(date, datepart) %}
  {%- do return(dbt.default_last_day(date, datepart)) -%}
{% endmacro %}

{% macro default_last_day(date, datepart) %}
  {%- set next = dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date)) -%}
  cast({{ dbt.dateadd('day', '-1', next) }} as date)
{%- endmacro %}
