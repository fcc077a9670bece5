{% test in_generic_dir(model) %}
select 1 where {{ adapter.dispatch("foo")() }}
{% endtest %}
{% macro ignored() %}{% endmacro %}