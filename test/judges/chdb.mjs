// node chdb.mjs HOME TABLE OUT [VERSION]: the rows of a Delta table, read by delta-kernel-rs in ClickHouse.
// Its String is
// text and bytes alike, so that both come out as bytes.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [home, table, out, version] = process.argv.slice(2)
const { query } = createRequire(join(home, 'package.json'))('chdb')
const at = version === undefined ? '' : `, delta_lake_snapshot_version = ${Number(version)}`
const quoted = text => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
query(
  `select * from deltaLakeLocal(${quoted(`${table}`)}) into outfile ${quoted(out)} format Parquet
   settings output_format_parquet_string_as_string = 0, schema_inference_make_columns_nullable = 1${at}`,
)
