{#- Where one text stands in another, from 1; 0 if nowhere. -#}
{% macro position(substring_text, string_text) %}
  {%- do return(adapter.dispatch('position', 'dbt')(substring_text, string_text)) -%}
{% endmacro %}

{% macro default__position(substring_text, string_text) -%}
  position({{ substring_text }} in {{ string_text }})
{%- endmacro %}
