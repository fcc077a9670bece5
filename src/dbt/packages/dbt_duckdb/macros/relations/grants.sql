{% macro duckdb__apply_grants(relation, grant_config, should_revoke=true) %}
  {%- if grant_config -%}
    {%- do adapter.warn_once('DuckDB has no grants: the config `grants` has no effect') -%}
  {%- endif -%}
{% endmacro %}
