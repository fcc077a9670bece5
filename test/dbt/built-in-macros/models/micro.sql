{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='moment', begin='2024-01-01', batch_size='year', lookback=1) }}
select * from {{ ref('events') }}
