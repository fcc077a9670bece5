{#- DuckLake knows no cascade. -#}
{% macro duckdb__drop_relation(relation) %}
  {%- call statement('drop_relation', auto_begin=false) -%}
    drop {{ relation.type }} if exists {{ relation }} {{ 'cascade' if not adapter.is_ducklake(relation) }}
  {%- endcall -%}
{% endmacro %}
