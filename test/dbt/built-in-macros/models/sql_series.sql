{{ dbt.default__generate_series(11) }}
