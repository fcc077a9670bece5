{% macro get_incremental_own_sql(arg_dict) %}
  {{ get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns']) }}
{% endmacro %}

{% macro snapshot_own_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {% do return(snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists)) %}
{% endmacro %}
