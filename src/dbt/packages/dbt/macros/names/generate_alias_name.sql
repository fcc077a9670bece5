{#-
  The name of a node's relation: its `alias`, else its name, which for a versioned model ends in the
  version.
-#}
{% macro generate_alias_name(custom_alias_name=none, node=none) %}
  {%- do return(adapter.dispatch('generate_alias_name', 'dbt')(custom_alias_name, node)) -%}
{% endmacro %}

{% macro default__generate_alias_name(custom_alias_name=none, node=none) %}
  {%- if custom_alias_name -%}
    {{ custom_alias_name | trim }}
  {%- elif node.version -%}
    {{ node.name ~ '_v' ~ (node.version | replace('.', '_')) }}
  {%- else -%}
    {{ node.name }}
  {%- endif -%}
{% endmacro %}
