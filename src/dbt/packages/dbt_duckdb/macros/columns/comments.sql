{#- A text between marks that let it hold anything but themselves. -#}
{% macro duckdb_escape_comment(comment) %}
  {%- set mark = '$dbt_comment_literal_block$' -%}
  {%- if comment is not string -%}
    {%- do exceptions.raise_compiler_error('A comment is a text, not: ' ~ comment) -%}
  {%- elif mark in comment -%}
    {%- do exceptions.raise_compiler_error('A comment cannot hold ' ~ mark) -%}
  {%- endif -%}
  {{- mark ~ comment ~ mark -}}
{% endmacro %}

{% macro duckdb__alter_relation_comment(relation, comment) %}
  {{- 'comment on ' ~ relation.type ~ ' ' ~ relation ~ ' is ' ~ duckdb_escape_comment(comment) ~ ';' -}}
{% endmacro %}

{% macro duckdb__alter_column_comment(relation, column_dict) %}
  {%- set existing = get_list_of_column_names(adapter.get_columns_in_relation(relation)) -%}
  {%- for name, column in column_dict.items() if name in existing %}
    comment on column {{ relation }}.{{ adapter.quote(name) if column['quote'] else name }}
    is {{ duckdb_escape_comment(column['description']) }};
  {%- endfor %}
{% endmacro %}
