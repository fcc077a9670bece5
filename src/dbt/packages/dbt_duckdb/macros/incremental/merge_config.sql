{#- Checks the `merge_…` configs of a model and reports all that is wrong with them at once. -#}
{% macro validate_merge_config(config, target_relation=none) %}
  {%- set kinds = {
    'merge_update_condition': 'string',
    'merge_insert_condition': 'string',
    'merge_on_using_columns': 'sequence',
    'merge_update_columns': 'sequence',
    'merge_update_set_expressions': 'mapping',
    'merge_exclude_columns': 'sequence',
    'merge_returning_columns': 'sequence'
  } -%}
  {%- set check = {
    'string': validate_string_field, 'sequence': validate_string_list_field, 'mapping': validate_dict_field
  } -%}
  {%- set errors = [] -%}
  {%- for name, kind in kinds.items() -%}
    {%- do check[kind](config.get(name), name, errors) -%}
  {%- endfor -%}
  {%- do validate_merge_clauses(config, kinds, errors) -%}
  {%- if not errors -%}
    {%- do validate_ducklake_restrictions(config, target_relation, errors) -%}
  {%- endif -%}
  {%- if errors -%}
    {%- do exceptions.raise_compiler_error('MERGE configuration errors:\n' ~ errors | join('\n')) -%}
  {%- endif -%}
{% endmacro %}


{% macro validate_merge_clauses(config, base_configuration_fields, errors) %}
  {%- set clauses = config.get('merge_clauses') -%}
  {%- if clauses is not none and clauses is not mapping -%}
    {%- do errors.append('merge_clauses must be a dictionary, found: ' ~ clauses) -%}
  {%- elif clauses is not none -%}
    {%- set given = ['when_matched', 'when_not_matched'] | select('in', clauses) | list -%}
    {%- for clause_type in given -%}
      {%- do validate_merge_clause_list(clauses, clause_type, errors) -%}
    {%- else -%}
      {%- do errors.append(
        "merge_clauses must contain at least one of 'when_matched' or 'when_not_matched'"
      ) -%}
    {%- endfor -%}

    {#- The clauses say it all: what the others would say is lost. -#}
    {%- set ignored = [] -%}
    {%- for name in base_configuration_fields if name not in ['merge_on_using_columns', 'merge_returning_columns'] -%}
      {%- set value = config.get(name) -%}
      {%- if value is not none and (base_configuration_fields[name] == 'string' or value | length > 0) -%}
        {%- do ignored.append(name) -%}
      {%- endif -%}
    {%- endfor -%}
    {%- if ignored -%}
      {%- do errors.append(
        'Beside merge_clauses, these basic merge configurations will be ignored and should be removed: '
        ~ ignored | join(', ')
      ) -%}
    {%- endif -%}
  {%- endif -%}
{% endmacro %}

{% macro validate_merge_clause_list(merge_clauses, clause_type, errors) %}
  {%- set clauses = merge_clauses.get(clause_type) -%}
  {%- set name = 'merge_clauses.' ~ clause_type -%}
  {%- if clauses is string or clauses is mapping or clauses is not sequence -%}
    {%- do errors.append(name ~ ' must be a list') -%}
  {%- elif not clauses -%}
    {%- do errors.append(name ~ ' must contain at least one element') -%}
  {%- else -%}
    {%- for clause in clauses | reject('mapping') -%}
      {%- do errors.append(name ~ ' elements must be dictionaries, found: ' ~ clause) -%}
    {%- endfor -%}
  {%- endif -%}
{% endmacro %}

{% macro validate_ducklake_restrictions(config, target_relation, errors) %}
  {%- if target_relation and adapter.is_ducklake(target_relation) -%}
    {%- if config.get('merge_returning_columns') -%}
      {%- do errors.append(
        'DuckLake MERGE restrictions: merge_returning_columns is not supported, since there is no RETURNING.'
      ) -%}
    {%- endif -%}
    {%- set clauses = config.get('merge_clauses') or {} -%}
    {%- set changing = (clauses.get('when_matched', []) + clauses.get('when_not_matched', []))
        | selectattr('action', 'defined') | selectattr('action', 'in', ['update', 'delete']) | list -%}
    {%- if changing | length > 1 -%}
      {%- do errors.append(
        'DuckLake MERGE restrictions: merge_clauses can contain only a single UPDATE or DELETE action. Found '
        ~ changing | length ~ ' UPDATE/DELETE actions.'
      ) -%}
    {%- endif -%}
  {%- endif -%}
{% endmacro %}


{% macro validate_string_field(field_value, field_name, errors) %}
  {%- if field_value is not none and field_value is not string -%}
    {%- do errors.append(field_name ~ ' must be a string, found: ' ~ field_value) -%}
  {%- endif -%}
{% endmacro %}

{% macro validate_string_list_field(field_value, field_name, errors) %}
  {%- if field_value is none -%}
  {%- elif field_value is string or field_value is mapping or field_value is not sequence -%}
    {%- do errors.append(field_name ~ ' must be a list') -%}
  {%- else -%}
    {%- for item in field_value | reject('string') -%}
      {%- do errors.append(field_name ~ ' must contain only string values, found: ' ~ item) -%}
    {%- endfor -%}
  {%- endif -%}
{% endmacro %}

{% macro validate_dict_field(field_value, field_name, errors) %}
  {%- if field_value is not none and field_value is not mapping -%}
    {%- do errors.append(field_name ~ ' must be a dictionary, found: ' ~ field_value) -%}
  {%- endif -%}
{% endmacro %}
