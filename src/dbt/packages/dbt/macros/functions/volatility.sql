{#-
  Whether a function answers the same for the same arguments: the config `volatility` in the words of the
  database.
-#}
{% macro scalar_function_volatility_sql() %}
  {%- do return(adapter.dispatch('scalar_function_volatility_sql', 'dbt')()) -%}
{% endmacro %}

{% macro default__scalar_function_volatility_sql() %}
  {%- set volatility = model.config.get('volatility') -%}
  {%- set words = {'deterministic': 'immutable', 'stable': 'stable', 'non-deterministic': 'volatile'} -%}
  {%- if volatility in words -%}
    {{ words[volatility] }}
  {%- elif volatility -%}
    {%- do unsupported_volatility_warning(volatility) -%}
  {%- endif -%}
{% endmacro %}

{% macro scalar_function_volatility_javascript() %}
  {%- do return(adapter.dispatch('scalar_function_volatility_javascript', 'dbt')()) -%}
{% endmacro %}

{% macro default__scalar_function_volatility_javascript() %}
  {%- if model.config.get('volatility') -%}
    {%- do exceptions.warn(
      'Volatility of a function in javascript is not supported by ' ~ adapter.type() ~ ' and will be ignored'
    ) -%}
  {%- endif -%}
{% endmacro %}


{% macro unsupported_volatility_warning(volatility) %}
  {%- do return(adapter.dispatch('unsupported_volatility_warning', 'dbt')(volatility)) -%}
{% endmacro %}

{% macro default__unsupported_volatility_warning(volatility) %}
  {%- do exceptions.warn(
    'Volatility `' ~ volatility ~ '` of function `' ~ model.name ~ '` is not supported by ' ~ adapter.type()
    ~ ', and will be ignored'
  ) -%}
{% endmacro %}
