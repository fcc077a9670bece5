{#-
  A multiple of an interval: the number may be any expression. Quarters and weeks are counted in units that
  every version has.
-#}
{% macro duckdb__dateadd(datepart, interval, from_date_or_timestamp) %}
  {%- set part = datepart | lower -%}
  {%- set unit, times = {'quarter': ('month', ' * 3'), 'week': ('day', ' * 7')}.get(part, (part, none)) -%}
  {%- set count = 'cast(' ~ interval ~ ' as bigint)' -%}
  {{- '(' ~ from_date_or_timestamp ~ ' + ' ~ ('(' ~ count ~ times ~ ')' if times else count) ~ ' * interval 1 ' ~ unit ~ ')' -}}
{% endmacro %}
