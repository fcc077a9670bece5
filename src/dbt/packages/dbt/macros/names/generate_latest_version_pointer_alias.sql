{#-
  The name under which the latest version of a versioned model is reached: its
  `latest_version_pointer.alias`, else its name.
-#}
{% macro generate_latest_version_pointer_alias(custom_alias_name=none, node=none) %}
  {%- do return(adapter.dispatch('generate_latest_version_pointer_alias', 'dbt')(custom_alias_name, node)) -%}
{% endmacro %}

{% macro default__generate_latest_version_pointer_alias(custom_alias_name=none, node=none) %}
  {{- (custom_alias_name | trim) if custom_alias_name else node.name -}}
{% endmacro %}
