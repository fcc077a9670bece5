{#- A query of the numbers from 1 to a bound. -#}
{% macro generate_series(upper_bound) %}
  {%- do return(adapter.dispatch('generate_series', 'dbt')(upper_bound)) -%}
{% endmacro %}

{#- So many pairs (0, 1) joined that their binary numbers reach the bound. -#}
{% macro default__generate_series(upper_bound) %}
  {%- set digits = range(dbt.get_powers_of_two(upper_bound)) %}
  with p as (
    select 0 as generated_number union all select 1
  ),
  unioned as (
    select
      {% for i in digits %}p{{ i }}.generated_number * power(2, {{ i }}) + {% endfor %}1 as generated_number
    from
      {% for i in digits %}p as p{{ i }}{{ '' if loop.last else ' cross join ' }}{% endfor %}
  )
  select *
  from unioned
  where generated_number <= {{ upper_bound }}
  order by generated_number
{% endmacro %}


{#- How many binary digits it takes to count so far. -#}
{% macro get_powers_of_two(upper_bound) %}
  {%- do return(adapter.dispatch('get_powers_of_two', 'dbt')(upper_bound)) -%}
{% endmacro %}

{% macro default__get_powers_of_two(upper_bound) %}
  {%- if upper_bound <= 0 -%}
    {%- do exceptions.raise_compiler_error(
      'A series goes up to a bound that is positive, not ' ~ upper_bound
    ) -%}
  {%- endif -%}
  {%- for digits in range(1, 100) if upper_bound <= 2 ** digits -%}
    {%- do return(digits) -%}
  {%- endfor -%}
{% endmacro %}
