{#-
  In the place of the one in `dbt`: a temporary table stands in another schema here, and MotherDuck has
  none.
-#}
{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
  {%- set place = duckdb__dispatch_temporary_relation(target_relation) -%}
  {%- set changes = snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- call statement('build_snapshot_staging_relation') -%}
    {{ create_table_as(place.temporary, place.relation, changes) }}
  {%- endcall -%}
  {%- do return(place.relation) -%}
{% endmacro %}

{% macro duckdb__post_snapshot(temporary_relation) %}
  {%- do return(drop_relation(temporary_relation)) -%}
{% endmacro %}
