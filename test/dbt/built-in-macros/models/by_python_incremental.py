def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="id")
    rows = dbt.ref("rows").df()[["id"]]
    rows["again"] = dbt.is_incremental
    return rows
