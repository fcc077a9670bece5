{#-
  A temporary table lives in a schema of its own, seen by one connection. The time in its name keeps two of
  one model apart.
-#}
{% macro duckdb__make_temp_relation(base_relation, suffix) %}
  {%- do return(base_relation.incorporate(path={
    'identifier': base_relation.identifier ~ suffix ~ py_current_timestring(),
    'schema': none,
    'database': none
  })) -%}
{% endmacro %}


{#-
  {relation, temporary}: where to put what is not to stay. MotherDuck has no temporary tables, so there it
  is a table to be dropped.
-#}
{% macro duckdb__dispatch_temporary_relation(target_relation, batch_id='') %}
  {%- if not adapter.is_motherduck() -%}
    {%- do return({'relation': make_temp_relation(target_relation), 'temporary': true}) -%}
  {%- endif -%}
  {%- set relation = target_relation.incorporate(path=adapter.get_temp_relation_path(target_relation, batch_id)) -%}
  {%- do run_query(create_schema(relation)) -%}
  {%- if not adapter.disable_transactions() -%}
    {%- do adapter.commit() -%}
  {%- endif -%}
  {%- do return({'relation': relation, 'temporary': false}) -%}
{% endmacro %}
