/** What stands around a Python model in its process: tables in, the model, its table out. */
export const pythonDriver = `import importlib.util
import json
import os
import re
import sys
import traceback

import duckdb


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def tables(con):
    query = "select database_name, schema_name, table_name from duckdb_tables() where not temporary"
    return set(con.execute(query).fetchall())


def place(con, database, schema):
    known = {row[0] for row in con.execute("select database_name from duckdb_databases()").fetchall()}
    if database not in known:
        con.execute("attach ':memory:' as " + quoted(database))
    con.execute("create schema if not exists " + quoted(database) + "." + quoted(schema))


def load(con, job):
    database, schema = job["place"]
    place(con, database, schema)
    con.execute("use " + quoted(database) + "." + quoted(schema))
    for relation in job["relations"]:
        parts = ([database, schema] + relation["parts"])[-3:]
        if len(relation["parts"]) == 2:
            parts = [database] + relation["parts"]
        place(con, parts[0], parts[1])
        name = ".".join(map(quoted, parts))
        file = "read_parquet('" + relation["file"].replace("'", "''") + "')"
        rows = "select " + relation["columns"] + " from " + file
        con.execute("create view " + name + " as " + rows)


def run(con, job):
    spec = importlib.util.spec_from_file_location("model", job["module"])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    frame = module.model(module.dbtObj(lambda name: con.query("select * from " + name)), con)
    before = tables(con)
    module.materialize(frame, con)
    (made,) = tables(con) - before
    return made


def save(con, job, made):
    name = ".".join(map(quoted, made))
    columns = [(row[0], row[1]) for row in con.execute("describe " + name).fetchall()]
    kept = re.compile(job["kept_types"])
    packed = [
        quoted(name) if kept.match(kind) else "cast(" + quoted(name) + " as varchar) as " + quoted(name)
        for name, kind in columns
    ]
    file = os.path.join(job["folder"], "out.parquet")
    rows = "select " + ", ".join(packed) + " from " + name
    con.execute("copy (" + rows + ") to '" + file.replace("'", "''") + "' (format parquet)")
    named = [{"name": name, "type": kind} for name, kind in columns]
    answer = {"table": made, "file": file, "columns": named}
    with open(os.path.join(job["folder"], "made.json"), "w") as out:
        json.dump(answer, out)


def main():
    with open(sys.argv[1]) as text:
        job = json.load(text)
    con = duckdb.connect()
    load(con, job)
    save(con, job, run(con, job))


try:
    main()
except Exception:
    traceback.print_exc()
    sys.exit(1)
`
