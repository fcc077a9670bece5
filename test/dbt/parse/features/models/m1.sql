{{ config(materialized='incremental', unique_key=['id'], tags=['t1','top'], meta={'k': [1, 2.0, none]}, alias='mm') }}
{{ config(tags='t2', post_hook="grant x to {{ this }} {{ ref('s1') }}") }}
select * from {{ source('src', 'tab') }} where {{ var('start') }} {{ is_incremental() }} {{ my_macro(1) }} {{ features.my_macro(2) }} {% call wrap() %}{{ my_macro(3) }}{% endcall %}
