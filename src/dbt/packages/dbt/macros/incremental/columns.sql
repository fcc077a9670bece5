{#- Columns compared and listed, for what incremental models write. -#}
{% macro get_quoted_csv(column_names) %}
  {%- set quoted = [] -%}
  {%- for name in column_names -%}
    {%- do quoted.append(adapter.quote(name)) -%}
  {%- endfor -%}
  {%- do return(quoted | join(', ')) -%}
{% endmacro %}

{#- Those of the first that the second lacks, by name. -#}
{% macro diff_columns(source_columns, target_columns) %}
  {%- set names = target_columns | map(attribute='column') | list -%}
  {%- do return(source_columns | rejectattr('name', 'in', names) | list) -%}
{% endmacro %}

{#- [{column_name, new_type}]: columns of both whose types differ by more than a length that can grow. -#}
{% macro diff_column_data_types(source_columns, target_columns) %}
  {%- do return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) -%}
{% endmacro %}

{% macro default__diff_column_data_types(source_columns, target_columns) %}
  {%- set changed = [] -%}
  {%- for column in source_columns -%}
    {%- for other in (target_columns | selectattr('name', 'equalto', column.name) | list)[:1]
        if column.expanded_data_type != other.expanded_data_type and not column.can_expand_to(other_column=other) -%}
      {%- do changed.append({'column_name': other.name, 'new_type': column.expanded_data_type}) -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- do return(changed) -%}
{% endmacro %}
