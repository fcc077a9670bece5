{#-
  Runs the body of a call block. What comes back is kept under `name`, for `load_result(name)`; `main` is
  the node's own result.
-#}
{% macro statement(name=none, fetch_result=false, auto_begin=true, language='sql') %}
  {%- if execute -%}
    {%- set code = caller() -%}
    {%- if name == 'main' -%}
      {%- do log(
        'Code that runs for ' ~ model['unique_id'] ~ ' (' ~ language ~ ') is written to its run file'
      ) -%}
      {%- do write(code) -%}
    {%- endif -%}

    {%- if language == 'sql' -%}
      {%- set response, table = adapter.execute(code, auto_begin=auto_begin, fetch=fetch_result) -%}
    {%- elif language == 'python' -%}
      {%- set response, table = submit_python_job(model, code), none -%}
    {%- else -%}
      {%- do exceptions.raise_compiler_error(
        "A statement is written in sql or python, not in '" ~ language ~ "'"
      ) -%}
    {%- endif -%}

    {%- if name is not none -%}
      {%- do store_result(name, response=response, agate_table=table) -%}
    {%- endif -%}
  {%- endif -%}
{% endmacro %}


{#-
  Keeps a result under `name` without running anything: the work was done another way, the body says how.
-#}
{% macro noop_statement(name=none, message=none, code=none, rows_affected=none, res=none) %}
  {%- set sql = caller() -%}
  {%- if name == 'main' -%}
    {%- do log('SQL of ' ~ model['unique_id'] ~ ' is written to its run file') -%}
    {%- do write(sql) -%}
  {%- endif -%}
  {%- if name is not none -%}
    {%- do store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) -%}
  {%- endif -%}
{% endmacro %}
