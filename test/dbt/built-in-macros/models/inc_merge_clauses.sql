{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id', merge_clauses={
  'when_matched': [
    {'action': 'delete', 'condition': ['DBT_INTERNAL_SOURCE.amount > 29', 'true']},
    {'action': 'update', 'mode': 'explicit', 'condition': "DBT_INTERNAL_SOURCE.name = 'two'", 'update': {'include': ['amount'], 'set_expressions': {'name': "'set'"}}},
    {'action': 'update', 'mode': 'star'}],
  'when_not_matched': [
    {'action': 'insert', 'mode': 'explicit', 'condition': 'DBT_INTERNAL_SOURCE.id > 5', 'insert': {'columns': ['id', 'amount'], 'values': ['DBT_INTERNAL_SOURCE.id', '-1']}},
    {'action': 'insert', 'mode': 'star'},
    {'action': 'update', 'by': 'source', 'condition': 'amount < 5', 'set_expressions': {'name': "'gone'"}},
    {'action': 'do_nothing', 'by': 'source'}]}) }}
select id, name, amount from {{ ref('rows') }}
