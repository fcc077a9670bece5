{% macro cents(x) %}{{ x }} * {{ hundred() }}{% endmacro %}
{% macro hundred() %}100{% endmacro %}
