{{ config(materialized='table', meta={'owner': {'team': 'core'}, 'level': 2}) }} select * from {{ ref('customers', v=1) }}
