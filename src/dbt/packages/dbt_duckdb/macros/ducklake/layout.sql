{#-
  How a DuckLake table is laid out: the configs `partitioned_by` (or `partition_by`) and `sorted_by` (or
  `sort_by`). Answered is the list for the statement, or none: for temporary tables, for tables that only
  stand in while the model's own is built, and, with a warning, for tables that are not in a lake.
-#}
{% macro duckdb__get_partitioned_by(relation, temporary) %}
  {%- set given = config.get('partitioned_by') -%}
  {%- set given = config.get('partition_by') if given is none or given == '' else given -%}
  {%- if temporary or given is none or given == '' -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set parts = normalize_string_or_list(given, 'partitioned_by/partition_by') -%}
  {%- if not parts -%}
    {%- do exceptions.raise_compiler_error('partitioned_by/partition_by must contain at least one column') -%}
  {%- endif -%}
  {%- if relation.identifier != this.identifier and config.get('materialized') in ['table', 'incremental'] -%}
    {%- do return(none) -%}
  {%- elif not adapter.is_ducklake(relation) -%}
    {%- do adapter.warn_once('partitioned_by/partition_by has no effect on ' ~ relation ~ ': it is not in a DuckLake') -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- do return(parts | join(', ')) -%}
{% endmacro %}

{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) %}
  {{- 'alter table ' ~ relation ~ ' set partitioned by (' ~ partitioned_by ~ ');' -}}
{% endmacro %}


{% macro duckdb__get_sorted_by(relation, temporary) %}
  {%- set given = config.get('sorted_by') -%}
  {%- set given = config.get('sort_by') if given is none else given -%}
  {%- if temporary or given is none -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set parts = normalize_string_or_list(given, 'sorted_by/sort_by') -%}
  {%- if not parts -%}
    {%- do exceptions.raise_compiler_error('sorted_by/sort_by must contain at least one column') -%}
  {%- endif -%}
  {%- if relation.identifier != this.identifier and config.get('materialized') in ['table', 'incremental'] -%}
    {%- do return(none) -%}
  {%- elif not adapter.is_ducklake(relation) -%}
    {%- do adapter.warn_once('sorted_by/sort_by has no effect on ' ~ relation ~ ': it is not in a DuckLake') -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set quoted = [] -%}
  {%- for part in parts -%}
    {%- do quoted.append(adapter.quote(part | replace('"', '""'))) -%}
  {%- endfor -%}
  {%- do return(quoted | join(', ')) -%}
{% endmacro %}

{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) %}
  {{- 'alter table ' ~ relation ~ ' set sorted by (' ~ sorted_by ~ ');' -}}
{% endmacro %}
