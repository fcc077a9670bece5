{#-
  A query of all days, hours, months … from one date up to, but without, another: `date_spine('day', "date
  '2024-01-01'", "date '2025-01-01'")`.
-#}
{% macro date_spine(datepart, start_date, end_date) %}
  {%- do return(adapter.dispatch('date_spine', 'dbt')(datepart, start_date, end_date)) -%}
{% endmacro %}

{% macro default__date_spine(datepart, start_date, end_date) %}
  with rawdata as (
    {{ dbt.generate_series(dbt.get_intervals_between(start_date, end_date, datepart)) }}
  ),
  all_periods as (
    select ({{ dbt.dateadd(datepart, 'row_number() over (order by 1) - 1', start_date) }}) as date_{{ datepart }}
    from rawdata
  ),
  filtered as (
    select *
    from all_periods
    where date_{{ datepart }} <= {{ end_date }}
  )
  select * from filtered
{% endmacro %}


{#- How many of them there are. The database is asked. -#}
{% macro get_intervals_between(start_date, end_date, datepart) %}
  {%- do return(adapter.dispatch('get_intervals_between', 'dbt')(start_date, end_date, datepart)) -%}
{% endmacro %}

{% macro default__get_intervals_between(start_date, end_date, datepart) %}
  {%- call statement('get_intervals_between', fetch_result=true) -%}
    select {{ dbt.datediff(start_date, end_date, datepart) }}
  {%- endcall -%}
  {%- set result = load_result('get_intervals_between') -%}
  {#- While a project is parsed there is no answer. -#}
  {%- do return(result['data'][0][0] if result and result['data'] else 1) -%}
{% endmacro %}
