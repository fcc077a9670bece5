{#- Makes the privileges on a relation those of the config `grants`: {privilege: [grantee]}. -#}
{% macro apply_grants(relation, grant_config, should_revoke) %}
  {%- do return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) -%}
{% endmacro %}

{% macro default__apply_grants(relation, grant_config, should_revoke=true) %}
  {%- if grant_config -%}
    {%- set missing, surplus = grant_config, {} -%}
    {%- if should_revoke -%}
      {%- set current = adapter.standardize_grants_dict(run_query(get_show_grant_sql(relation))) -%}
      {%- set missing = diff_of_two_dicts(grant_config, current) -%}
      {%- set surplus = diff_of_two_dicts(current, grant_config) -%}
    {%- endif -%}
    {%- if not (missing or surplus) -%}
      {%- do log('Grants on ' ~ relation.render() ~ ' are as configured') -%}
    {%- else -%}
      {%- set statements = get_dcl_statement_list(relation, surplus, get_revoke_sql)
                         + get_dcl_statement_list(relation, missing, get_grant_sql) -%}
      {%- if statements -%}
        {%- do call_dcl_statements(statements) -%}
      {%- endif -%}
    {%- endif -%}
  {%- endif -%}
{% endmacro %}


{#- Whether earlier grants may still stand on the relation. -#}
{% macro should_revoke(existing_relation, full_refresh_mode=true) %}
  {%- if not existing_relation -%}
    {%- do return(false) -%}
  {%- endif -%}
  {%- do return(copy_grants() if full_refresh_mode else true) -%}
{% endmacro %}

{#-
  Whether a relation that is replaced leaves its grants to its successor. To assume so costs a query, not a
  privilege.
-#}
{% macro copy_grants() %}
  {%- do return(adapter.dispatch('copy_grants', 'dbt')()) -%}
{% endmacro %}

{% macro default__copy_grants() %}
  {%- do return(true) -%}
{% endmacro %}
