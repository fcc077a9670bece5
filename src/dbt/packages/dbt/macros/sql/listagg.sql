{#-
  The texts of a group in one, in an order, with something between them; only the first of them if a number
  is given.
-#}
{% macro listagg(measure, delimiter_text="','", order_by_clause=none, limit_num=none) %}
  {%- do return(adapter.dispatch('listagg', 'dbt')(measure, delimiter_text, order_by_clause, limit_num)) -%}
{% endmacro %}

{% macro default__listagg(measure, delimiter_text, order_by_clause, limit_num) %}
  {%- set ordered = ' within group (' ~ order_by_clause ~ ')' if order_by_clause else '' -%}
  {%- if limit_num -%}
    array_to_string(array_slice(array_agg({{ measure }}){{ ordered }}, 0, {{ limit_num }}), {{ delimiter_text }})
  {%- else -%}
    listagg({{ measure }}, {{ delimiter_text }}){{ ordered }}
  {%- endif -%}
{% endmacro %}
