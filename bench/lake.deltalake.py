# The same pieces of work as lake.work.ts, by PyPI deltalake: python lake.deltalake.py <JSON of Work>.
import glob
import json
import resource
import sys
import time

import deltalake
import pyarrow.dataset
import pyarrow.parquet


def act(what, location, source):
    # As Sluice writes: zstd, at the level that DuckDB takes.
    properties = deltalake.WriterProperties(compression="ZSTD", compression_level=3)
    table = deltalake.DeltaTable(location)
    if what == "append":
        rows = pyarrow.dataset.dataset(sorted(glob.glob(source)))
        reader = rows.scanner().to_reader()
        deltalake.write_deltalake(table, reader, mode="append", writer_properties=properties)
        return rows.count_rows()
    if what == "merge":
        metrics = (
            table.merge(
                pyarrow.parquet.read_table(source),
                predicate="target.l_orderkey = source.l_orderkey",
                source_alias="source",
                target_alias="target",
                writer_properties=properties,
            )
            .when_matched_update_all()
            .when_not_matched_insert_all()
            .execute()
        )
        return [metrics["num_target_rows_inserted"], metrics["num_target_rows_updated"]]
    if what == "delete":
        return table.delete(source)["num_deleted_rows"]
    if what == "compact":
        done = table.optimize.compact(writer_properties=properties)
        return [done["numFilesRemoved"], done["numFilesAdded"]]
    if what == "z-order":
        done = table.optimize.z_order(["l_shipdate", "l_partkey"], writer_properties=properties)
        return [done["numFilesRemoved"], done["numFilesAdded"]]
    if what == "open":
        return table.get_add_actions().num_rows
    rows = deltalake.QueryBuilder().register("delta", table).execute(what).read_all()
    return [[str(value.as_py()) for value in row] for row in zip(*[rows[name] for name in rows.column_names])]


work = json.loads(sys.argv[1])
cpu, wall = time.process_time(), time.perf_counter()
answer = act(work["what"], work["table"], work.get("rows", ""))
spent = {
    "cpuSeconds": time.process_time() - cpu,
    "seconds": time.perf_counter() - wall,
    "rssBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "answer": json.dumps(answer, separators=(",", ":")),
}
print(json.dumps(spent))
