# One judge: a reader and writer of Delta tables that others wrote. It takes requests as lines of JSON and
# answers
# each with one line, so that a heavy start is paid once.
#
#   {"op": "read", "table": DIR, "out": FILE, "version": N?}      rows of the table as one Parquet file
#   {"op": "changes", "table": DIR, "out": FILE, "from": N, "to": N}   its change feed
#   {"op": "write", "table": DIR, "rows": FILE, "mode": M, "partitions": [..], "properties": {..}}
#   {"op": "sql", "sql": TEXT}                                      Spark only: any statement
#   {"op": "do", "table": DIR, "what": NAME, ...}                   deltalake only: delete, merge, optimize,
# vacuum
import glob
import json
import os
import shutil
import sys


class DeltaRs:
    def __init__(self):
        import deltalake
        import pyarrow
        import pyarrow.parquet

        self.deltalake = deltalake
        self.pyarrow = pyarrow

    def table(self, request):
        return self.deltalake.DeltaTable(request["table"], version=request.get("version"))

    def save(self, batches, out):
        table = self.pyarrow.table(batches)
        self.pyarrow.parquet.write_table(table, out)

    def read(self, request):
        builder = self.deltalake.QueryBuilder().register("t", self.table(request))
        self.save(builder.execute("select * from t"), request["out"])

    def changes(self, request):
        feed = self.table(request).load_cdf(
            starting_version=request["from"], ending_version=request["to"]
        )
        self.save(feed, request["out"])

    def write(self, request):
        self.deltalake.write_deltalake(
            request["table"],
            self.pyarrow.parquet.read_table(request["rows"]),
            mode=request.get("mode", "append"),
            partition_by=request.get("partitions"),
            configuration=request.get("properties"),
            schema_mode=request.get("schema_mode"),
        )

    def do(self, request):
        table = self.table(request)
        what = request["what"]
        if what == "delete":
            table.delete(request["where"])
        elif what == "update":
            table.update(updates=request["set"], predicate=request["where"])
        elif what == "merge":
            (
                table.merge(
                    self.pyarrow.parquet.read_table(request["rows"]),
                    predicate=request["on"],
                    source_alias="s",
                    target_alias="t",
                )
                .when_matched_update_all()
                .when_not_matched_insert_all()
                .execute()
            )
        elif what == "optimize":
            table.optimize.compact()
        elif what == "z_order":
            table.optimize.z_order(request["columns"])
        elif what == "checkpoint":
            table.create_checkpoint()
        else:
            raise ValueError(what)


class Spark:
    def __init__(self):
        from pyspark.sql import SparkSession

        jars = ",".join(sorted(glob.glob(os.path.join(os.environ["JUDGE_JARS"], "*.jar"))))
        self.spark = (
            SparkSession.builder.master("local[2]")
            .config("spark.jars", jars)
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.databricks.delta.snapshotPartitions", "2")
            .config("spark.databricks.delta.retentionDurationCheck.enabled", "false")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.memory", "1g")
            .config("spark.sql.warehouse.dir", os.environ["JUDGE_TEMP"])
            .getOrCreate()
        )
        self.spark.sparkContext.setLogLevel("ERROR")

    def save(self, frame, out):
        folder = out + ".parts"
        frame.coalesce(1).write.mode("overwrite").parquet(folder)
        shutil.move(glob.glob(os.path.join(folder, "*.parquet"))[0], out)
        shutil.rmtree(folder)

    def read(self, request):
        reader = self.spark.read.format("delta")
        if request.get("version") is not None:
            reader = reader.option("versionAsOf", request["version"])
        self.save(reader.load(request["table"]), request["out"])

    def changes(self, request):
        reader = self.spark.read.format("delta").option("readChangeFeed", "true")
        reader = reader.option("startingVersion", request["from"]).option("endingVersion", request["to"])
        self.save(reader.load(request["table"]), request["out"])

    def write(self, request):
        writer = self.spark.read.parquet(request["rows"]).write.format("delta")
        writer = writer.mode(request.get("mode", "append")).partitionBy(*request.get("partitions") or [])
        for name, value in (request.get("properties") or {}).items():
            writer = writer.option(name, value)
        writer.save(request["table"])

    def sql(self, request):
        return [row.asDict() for row in self.spark.sql(request["sql"]).collect()]


class DuckDB:
    def __init__(self):
        import duckdb
        import duckdb_extension_delta

        self.connection = duckdb.connect()
        folder = os.path.join(duckdb_extension_delta.__path__[0], "extensions")
        (extension,) = glob.glob(os.path.join(folder, "*", "delta.duckdb_extension"))
        self.connection.execute(f"load '{extension}'")
        self.connection.execute("set TimeZone = 'UTC'")

    def read(self, request):
        version = request.get("version")
        at = "" if version is None else f", version = {int(version)}"
        scan = f"delta_scan('{request['table']}'{at})"
        self.connection.execute(f"copy (from {scan}) to '{request['out']}' (format parquet)")


def main():
    # What libraries print must not stand between answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    judge = {"deltalake": DeltaRs, "duckdb": DuckDB, "spark": Spark}[sys.argv[1]]()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            rows = getattr(judge, request["op"])(request)
            answer = {"ok": True, "rows": rows}
        except BaseException as thrown:
            answer = {"ok": False, "error": f"{type(thrown).__name__}: {thrown}"[:2000]}
        answers.write(json.dumps(answer, default=str) + "\n")
        answers.flush()


main()
