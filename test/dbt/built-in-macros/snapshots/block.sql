{% snapshot s_block %}
{{ config(unique_key='id', strategy='timestamp', updated_at='moment', target_schema=target.schema, invalidate_hard_deletes=true) }}
select * from {{ ref('rows') }} -- ends in a comment
{% endsnapshot %}
{% snapshot s_own %}
{{ config(unique_key='id', strategy='own', updated_at='moment', check_cols=['name']) }}
select * from {{ ref('rows') }}
{% endsnapshot %}
{% snapshot s_unknown %}
{{ config(unique_key='id', strategy='unknown_one', updated_at='moment') }}
select * from {{ ref('rows') }}
{% endsnapshot %}
