{#- A value in another type, or null where the database can say so; many can not. -#}
{% macro safe_cast(field, type) %}
  {%- do return(adapter.dispatch('safe_cast', 'dbt')(field, type)) -%}
{% endmacro %}

{% macro default__safe_cast(field, type) -%}
  cast({{ field }} as {{ type }})
{%- endmacro %}
