{% macro my_macro(x) %}{{ inner(x) }}{% endmacro %}

{%- macro inner(x) -%}{{ return(x + 1) }}{%- endmacro -%}
{% macro wrap() %}{{ caller() }}{% endmacro %}
{% test my_generic(model, a, b=none, c=none, d=none, e=none, f=none) %}
{{ config(severity='warn', fail_calc='sum(1)') }}
select * from {{ model }} where {{ a }} {{ inner(1) }}
{% endtest %}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
  {%- if node.resource_type == 'model' and node.name == 'm2' -%} m2_aliased {%- else -%} {{ default__generate_alias_name(custom_alias_name, node) }} {%- endif -%}
{%- endmacro %}
{% materialization mymat, adapter='duckdb', supported_languages=['sql','python'] %}{% endmaterialization %}
{% materialization mymat2, default %}{{ return({'relations': []}) }}{% endmaterialization %}
