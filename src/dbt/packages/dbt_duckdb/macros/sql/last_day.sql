{% macro duckdb__last_day(date, datepart) %}
  {%- if datepart != 'quarter' -%}
    {%- do return(dbt.default_last_day(date, datepart)) -%}
  {%- endif -%}
  {%- set next = dbt.dateadd('month', '3', dbt.date_trunc(datepart, date)) -%}
  cast({{ dbt.dateadd('day', '-1', next) }} as date)
{%- endmacro %}
