{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='moment', begin='2024-01-01', batch_size='year', unique_key='id') }}
select * from {{ ref('events') }}
