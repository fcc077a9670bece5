{#-
  Whether this run adds to a table that is there, which a model asks to read less. Never while a project is
  parsed.
-#}
{% macro is_incremental() %}
  {%- if not execute or model.config.materialized != 'incremental' or should_full_refresh() -%}
    {%- do return(false) -%}
  {%- endif -%}
  {%- set existing = adapter.get_relation(this.database, this.schema, this.table) -%}
  {%- do return(existing is not none and existing.type == 'table') -%}
{% endmacro %}
