{#-
  The schema a node is built in. Projects override this one more than any other: `custom_schema_name` is
  what `schema` configures.
-#}
{% macro generate_schema_name(custom_schema_name=none, node=none) %}
  {%- do return(adapter.dispatch('generate_schema_name', 'dbt')(custom_schema_name, node)) -%}
{% endmacro %}

{% macro default__generate_schema_name(custom_schema_name, node) %}
  {%- if custom_schema_name is none -%}
    {{ target.schema }}
  {%- else -%}
    {{ target.schema ~ '_' ~ (custom_schema_name | trim) }}
  {%- endif -%}
{% endmacro %}


{#- For overriding with: custom schemas in the target `prod`, the target's own schema anywhere else. -#}
{% macro generate_schema_name_for_env(custom_schema_name, node) %}
  {%- if custom_schema_name is not none and target.name == 'prod' -%}
    {{ custom_schema_name | trim }}
  {%- else -%}
    {{ target.schema }}
  {%- endif -%}
{% endmacro %}
