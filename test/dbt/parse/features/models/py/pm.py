import pandas as pd
def model(dbt, session):
    dbt.config(materialized="table", packages=["numpy", 'x'], n=1.5, tags=['p'])
    a = dbt.ref("m1")
    b = dbt.source('src', "tab").df()
    c = f"{dbt.ref('m5', v=1)}"
    lim = dbt.config.get("lim", 10)
    return a
