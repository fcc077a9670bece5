{% test row_count_at_least(model, count) %}
{{ config(fail_calc='missing') }}
select greatest({{ count }} - count(*), 0) as missing from {{ model }}
{% endtest %}
