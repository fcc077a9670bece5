{%- set numbers = run_query('select unnest([3, 1, 2]) as n order by n') -%}
{%- if execute -%}{%- set values = numbers.columns[0].values() -%}{%- else -%}{%- set values = [] -%}{%- endif -%}
{% for value in values %}select {{ value }} as n, '{{ loop.index }}/{{ loop.length }}' as place, {{ value / 2 }} as half{% if not loop.last %} union all {% endif %}{% endfor %}
