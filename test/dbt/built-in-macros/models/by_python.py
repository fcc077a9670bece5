def model(dbt, session):
    dbt.config(materialized="table", word="said")
    rows = dbt.ref("rows").df()
    rows["said"] = dbt.config.get("word") + " " + str(dbt.this) + " " + dbt.this.identifier
    return rows[["id", "said"]]
