{#- The statements that show, grant and revoke, and how they are run. -#}
{% macro get_show_grant_sql(relation) %}
  {%- do return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) -%}
{% endmacro %}

{% macro default__get_show_grant_sql(relation) %}
  {{- 'show grants on ' ~ relation.render() -}}
{% endmacro %}


{% macro get_grant_sql(relation, privilege, grantees) %}
  {%- do return(adapter.dispatch('get_grant_sql', 'dbt')(relation, privilege, grantees)) -%}
{% endmacro %}

{% macro default__get_grant_sql(relation, privilege, grantees) -%}
  grant {{ privilege }} on {{ relation.render() }} to {{ grantees | join(', ') }}
{%- endmacro %}


{% macro get_revoke_sql(relation, privilege, grantees) %}
  {%- do return(adapter.dispatch('get_revoke_sql', 'dbt')(relation, privilege, grantees)) -%}
{% endmacro %}

{% macro default__get_revoke_sql(relation, privilege, grantees) -%}
  revoke {{ privilege }} on {{ relation.render() }} from {{ get_quoted_csv(grantees) }}
{%- endmacro %}


{#-
  One statement per privilege, or one per privilege and grantee. `get_dcl_macro` is one of the two above.
-#}
{% macro get_dcl_statement_list(relation, grant_config, get_dcl_macro) %}
  {%- do return(adapter.dispatch('get_dcl_statement_list', 'dbt')(relation, grant_config, get_dcl_macro)) -%}
{% endmacro %}

{% macro default__get_dcl_statement_list(relation, grant_config, get_dcl_macro) %}
  {%- set together = support_multiple_grantees_per_dcl_statement() -%}
  {%- set statements = [] -%}
  {%- for privilege, grantees in grant_config.items() if grantees -%}
    {%- for some in ([grantees] if together else grantees | batch(1)) -%}
      {%- do statements.append(get_dcl_macro(relation, privilege, some)) -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- do return(statements) -%}
{% endmacro %}

{% macro support_multiple_grantees_per_dcl_statement() %}
  {%- do return(adapter.dispatch('support_multiple_grantees_per_dcl_statement', 'dbt')()) -%}
{% endmacro %}

{% macro default__support_multiple_grantees_per_dcl_statement() %}
  {%- do return(true) -%}
{% endmacro %}


{#- Runs them in one go; adapters that take one statement at a time override it. -#}
{% macro call_dcl_statements(dcl_statement_list) %}
  {%- do return(adapter.dispatch('call_dcl_statements', 'dbt')(dcl_statement_list)) -%}
{% endmacro %}

{% macro default__call_dcl_statements(dcl_statement_list) %}
  {%- call statement('grants') -%}
    {{ dcl_statement_list | join(';\n') }};
  {%- endcall -%}
{% endmacro %}
