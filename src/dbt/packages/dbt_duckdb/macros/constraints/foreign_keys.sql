{#-
  Tables that foreign keys point at. DuckDB neither renames nor drops such a table, and keeps the name
  under which a table with a foreign key was made. So a table with foreign keys is built in its place, and
  tables that point at one that is replaced are dropped first: only those that this run rebuilds from
  scratch, and their rows stand until it does.
-#}
{% macro has_foreign_key_constraints(relation=none) %}
  {%- do return(adapter.catalog_supports_foreign_keys(this.database) and (
    'foreign_key' in enforced_constraint_types() or 'foreign_key' in existing_constraint_types(relation)
  )) -%}
{% endmacro %}

{#-
  Only a key can be pointed at. The table that is there counts, too: its key may be what the contract gives
  up.
-#}
{% macro may_be_foreign_key_target(relation=none) %}
  {%- if not adapter.catalog_supports_foreign_keys(this.database) -%}
    {%- do return(false) -%}
  {%- endif -%}
  {%- set types = enforced_constraint_types() + existing_constraint_types(relation) -%}
  {%- do return('primary_key' in types or 'unique' in types) -%}
{% endmacro %}

{#- The kinds of constraints that the model's contract has, and that its table has. -#}
{% macro enforced_constraint_types() %}
  {%- if not config.get('contract').enforced -%}
    {%- do return([]) -%}
  {%- endif -%}
  {%- set constraints = model.get('constraints', []) | list -%}
  {%- for column in model.get('columns', {}).values() -%}
    {%- do constraints.extend(column.get('constraints', [])) -%}
  {%- endfor -%}
  {%- do return(constraints | map(attribute='type') | list) -%}
{% endmacro %}

{% macro existing_constraint_types(relation) %}
  {%- if relation is none or not relation.is_table -%}
    {%- do return([]) -%}
  {%- endif -%}
  {%- do return(adapter.existing_key_constraint_types(relation)) -%}
{% endmacro %}


{#-
  Drops a table that is about to be built again under its name. A transaction brings it back should that
  fail.
-#}
{% macro drop_relation_for_rebuild(relation) %}
  {%- do adapter.ensure_transaction() -%}
  {%- set dropped = [] -%}
  {%- if relation.is_table and may_be_foreign_key_target(relation) -%}
    {%- set dropped = drop_foreign_key_dependents(relation) -%}
  {%- endif -%}
  {%- do adapter.drop_relation(relation) -%}
  {%- do return(dropped) -%}
{% endmacro %}


{#-
  Drops what points at the table, directly or by way of others, the farthest first: [{relation, backup}].
-#}
{% macro drop_foreign_key_dependents(relation) %}
  {%- set referenced_by_table = _foreign_key_dependents(relation) -%}
  {%- if referenced_by_table -%}
    {%- do _assert_rebuilt_in_this_run(relation, referenced_by_table) -%}
  {%- endif -%}

  {%- set dropped = [] -%}
  {%- for table in referenced_by_table -%}
    {%- set dependent = api.Relation.create(
      database=relation.database, schema=relation.schema, identifier=table, type='table'
    ) -%}
    {%- set backup = dependent.incorporate(path={'identifier': table ~ '__dbt_fk_backup'}, type='table') -%}
    {%- do adapter.drop_relation(backup) -%}
    {%- call statement('backup_foreign_key_dependent_' ~ loop.index) -%}
      create table {{ backup }} as select * from {{ dependent }}
    {%- endcall -%}
    {%- do log(
      'Dropping ' ~ dependent ~ ', which points at ' ~ relation ~ ' with a foreign key: this run builds it again', info=true
    ) -%}
    {%- do adapter.drop_relation(dependent) -%}
    {%- do dropped.append({'relation': dependent, 'backup': backup}) -%}
  {%- endfor -%}
  {%- do return(dropped) -%}
{% endmacro %}

{#- Their rows come back at once; their constraints when their models run. -#}
{% macro restore_foreign_key_dependents(dropped) %}
  {%- for item in dropped | reverse -%}
    {%- do log(
      'The rows of ' ~ item['relation'] ~ ' stand again, without constraints until it is built', info=true
    ) -%}
    {%- do adapter.rename_relation(item['backup'], item['relation']) -%}
  {%- endfor -%}
{% endmacro %}


{#- {table: [tables it points at]}, the farthest first. Foreign keys do not cross schemas. -#}
{% macro _foreign_key_dependents(relation) %}
  {%- call statement('get_foreign_key_dependents', fetch_result=true) -%}
    with recursive foreign_keys as (
      select table_name, referenced_table
      from duckdb_constraints()
      where constraint_type = 'FOREIGN KEY'
        and lower(database_name) = lower('{{ adapter.escape_sql_string(relation.database) }}')
        and lower(schema_name) = lower('{{ adapter.escape_sql_string(relation.schema) }}')
        and lower(table_name) != lower(referenced_table)
    ),
    reached(table_name, distance) as (
      select table_name, 1
      from foreign_keys
      where lower(referenced_table) = lower('{{ adapter.escape_sql_string(relation.identifier) }}')
      union
      select foreign_keys.table_name, distance + 1
      from foreign_keys
      join reached on lower(foreign_keys.referenced_table) = lower(reached.table_name)
    )
    select table_name, lower(referenced_table)
    from foreign_keys
    join (select table_name, max(distance) as farthest from reached group by table_name) using (table_name)
    order by farthest desc, table_name, referenced_table
  {%- endcall -%}
  {%- set referenced_by_table = {} -%}
  {%- for table, referenced in load_result('get_foreign_key_dependents').data -%}
    {%- do referenced_by_table.update({table: referenced_by_table.get(table, []) + [referenced]}) -%}
  {%- endfor -%}
  {%- do return(referenced_by_table) -%}
{% endmacro %}

{#-
  Each is made by a selected model that reads what it points at, and is built whole: then no row is lost.
-#}
{% macro _assert_rebuilt_in_this_run(relation, referenced_by_table) %}
  {%- set place = [relation.database | lower, relation.schema | lower] -%}
  {%- set nodes = {} -%}
  {%- for node in graph.nodes.values() if node.resource_type == 'model'
      and [node.database | default('', true) | lower, node.schema | lower] == place -%}
    {%- do nodes.update({(node.alias or node.name) | lower: node}) -%}
  {%- endfor -%}

  {%- set problems = [] -%}
  {%- for table, referenced in referenced_by_table.items() -%}
    {%- set node = nodes.get(table | lower) -%}
    {%- set makers = [] -%}
    {%- for name in referenced -%}
      {%- if name == relation.identifier | lower -%}
        {%- do makers.append(model.unique_id) -%}
      {%- elif name in nodes and name in (referenced_by_table | map('lower') | list) -%}
        {%- do makers.append(nodes[name].unique_id) -%}
      {%- endif -%}
    {%- endfor -%}
    {%- if node is none -%}
      {%- do problems.append(table ~ ' (no model of this project makes it)') -%}
    {%- elif node.unique_id not in selected_resources -%}
      {%- do problems.append(table ~ ' (model ' ~ node.name ~ ' is not selected in this run)') -%}
    {%- elif not (makers | select('in', node.depends_on.nodes) | list) -%}
      {%- do problems.append(
        table ~ ' (model ' ~ node.name ~ ' does not ref() the table that its foreign key points at, so it may not be '
        ~ 'built after it; write `to: ref(...)` in the constraint)'
      ) -%}
    {%- else -%}
      {%- set full_refresh = flags.FULL_REFRESH if node.config.full_refresh is none else node.config.full_refresh -%}
      {%- set kind = node.config.materialized -%}
      {%- if kind != 'table' and not (kind == 'incremental' and full_refresh) -%}
        {%- do problems.append(
          table ~ ' (model ' ~ node.name ~ ' is materialized as ' ~ kind ~ ' and would lose its rows; run with --full-refresh)'
        ) -%}
      {%- endif -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if problems -%}
    {%- do exceptions.raise_compiler_error(
      'Cannot replace ' ~ relation ~ ': foreign keys point at it, and DuckDB drops no such table. Only tables that this run '
      ~ 'builds anew can be dropped before it, which these are not: ' ~ problems | join('; ')
    ) -%}
  {%- endif -%}
{% endmacro %}
