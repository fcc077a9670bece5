{%- set x = ref('m2') -%}
{{ config(group='g1', access='private', docs={'node_color': 'red'}, full_refresh=false) }}
select {{ dbt.concat(["'a'", "'b'"]) }} as c from {{ x }} {{ dbt_utils_missing_macro }}
