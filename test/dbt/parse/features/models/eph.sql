{{ config(materialized='ephemeral', schema=none) }} select 1 as id
