{% macro cents(x) %}{{ x }} * {{ hundred() }}{% endmacro %}
{% macro hundred() %}1000{% endmacro %}
