{% macro say(words) %}{% do print('said ' ~ words) %}{% do return({'words': words}) %}{% endmacro %}
