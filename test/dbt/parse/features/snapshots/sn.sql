{% snapshot snap_block %}
{{ config(target_database=target.database, check_cols=['a']) if false }}
select * from {{ ref('m1') }}
{% endsnapshot %}
{% snapshot snap_two %}{{ config(strategy='check', check_cols=['a'], updated_at=none) }}select 1 as id{% endsnapshot %}
