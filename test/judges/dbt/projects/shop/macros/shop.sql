{% macro cents(column) %}cast(round({{ column }} * 100) as bigint){% endmacro %}

{% macro wanted_states() %}{{ return(['placed', 'shipped']) }}{% endmacro %}

{% macro note(what) %}insert into {{ target.schema }}.audit values ('{{ what }}', null){% endmacro %}

{% macro generate_schema_name(custom_schema_name, node) -%}
  {{ target.schema }}{{ '_' ~ custom_schema_name | trim if custom_schema_name else '' }}
{%- endmacro %}

{% macro grown(by=2) %}{{ by }}{{ kwargs | length }}{{ varargs | length }}{{ caller() if caller else '' }}{% endmacro %}

{% macro drop_audit() %}
  {% do run_query('drop table if exists ' ~ target.schema ~ '.audit') %}
  {{ log('audit is gone', info=true) }}
{% endmacro %}
