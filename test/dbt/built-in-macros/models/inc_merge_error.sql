{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id', merge_clauses={'when_matched': [{'action': 'error', 'error_message': "it's there"}], 'when_not_matched': [{'action': 'insert', 'mode': 'by_position'}]}) }}
select id, name, amount from {{ ref('rows') }}
