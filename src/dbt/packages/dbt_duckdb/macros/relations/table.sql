{#-
  In the place of the one in `dbt`: tables of a lake are partitioned and sorted, and Python models write
  their own.
-#}
{% macro create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) %}
  {%- do return(adapter.dispatch('create_table_as', 'dbt')(
    temporary, relation, compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by
  )) -%}
{% endmacro %}

{#- Constraints, partitions and sorting are set on an empty table, which is then filled. -#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) %}
  {%- if language == 'python' -%}
    {%- do return(py_write_table(
      temporary=temporary, relation=relation, compiled_code=compiled_code,
      partitioned_by=partitioned_by, sorted_by=sorted_by
    )) -%}
  {%- elif language != 'sql' -%}
    {%- do exceptions.raise_compiler_error("A table is made by sql or python, not by '" ~ language ~ "'") -%}
  {%- endif -%}

  {%- set promised = config.get('contract').enforced -%}
  {%- if promised -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
  {%- endif -%}
  {#- A temporary table takes no constraints. -#}
  {%- set constrained = promised and not temporary -%}
  {%- set filled_later = constrained or partitioned_by or sorted_by -%}

  {{ config.get('sql_header') or '' }}
  create {{ 'temporary ' if temporary }}table {{ relation.include(database=not temporary, schema=not temporary) }}
  {%- if constrained %}
    {{ get_table_columns_and_constraints() }};
  {%- else %}
  as (
    {{ 'select * from (' if filled_later }}
    {{ compiled_code }}
    {{ ') as model_subq limit 0' if filled_later }}
  );
  {%- endif %}
  {%- if filled_later %}
  {{ duckdb__alter_table_set_partitioned_by(relation, partitioned_by) if partitioned_by }}
  {{ duckdb__alter_table_set_sorted_by(relation, sorted_by) if sorted_by }}
  insert into {{ relation }}
  {%- if constrained %} {{ get_column_names() }} (
    {{ get_select_subquery(compiled_code) }}
  );
  {%- else %}
  select * from (
    {{ compiled_code }}
  ) as model_subq;
  {%- endif %}
  {%- endif %}
{% endmacro %}


{#- (column, column): the columns of the contract, in its order. -#}
{% macro get_column_names() %}
  {{- '(' ~ adapter.dispatch('get_column_names', 'dbt')() ~ ')' -}}
{% endmacro %}
