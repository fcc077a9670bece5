import type { Session } from '../../../engine/index.ts'
import { quoteText } from '../../../sql/index.ts'
import type { Ground, Snapshot } from '../face.ts'
import { fieldsOf } from '../schema/fields.ts'
import type { BoundTables } from './bounds.ts'
import type { Pending } from './pending.ts'
import { scanFiles } from './scan.ts'
import { type Epoch, isLive, type StateTables, vectorId } from './state.ts'

export type SnapshotOf = {
  readonly version: number
  readonly timestampMs: number
  readonly epoch: Epoch
  readonly tables: StateTables
  readonly bounds: BoundTables
  readonly pending: Pending
}

const fileNames = `path, partition_values, size_bytes, modified_ms, data_change, stats, tags, dv, base_row_id,
  default_row_commit_version, clustering_provider`

export function snapshotOf(ground: Ground, of: SnapshotOf): Snapshot {
  const { version, timestampMs, epoch, tables, bounds, pending } = of
  const { protocol, metadata } = epoch
  const kept = { files: tables.files, live: isLive(version), tableOf: bounds.tableOf }
  const inTables = `select ${fileNames} from ${tables.files} where ${isLive(version)}`
  /** Put together when it is asked for: who only appends does not. */
  const filesSql = () => pending.with(inTables, version)
  const txnsSql = `select app_id, max_by(version, since) as version,
      max_by(last_updated, since) as last_updated_ms
    from ${tables.txns} where since <= ${version} group by app_id`
  const domainsSql = `select domain, arg_max(configuration, since) as configuration from ${tables.domains}
    where since <= ${version} group by domain having not arg_max(removed, since)`
  return {
    version,
    timestampMs,
    protocol,
    metadata,
    fields: fieldsOf(metadata),
    partitionColumns: metadata.partitionColumns,
    get filesSql() {
      return filesSql()
    },
    get tombstonesSql() {
      return tombstonesSql(tables.files, { version, filesSql: filesSql() })
    },
    txnsSql,
    domainsSql,
    txn: async appId => {
      const found = await one(
        ground.session,
        `select version from (${txnsSql}) where app_id = ${quoteText(appId)}`,
      )
      return found === undefined ? undefined : Number(found)
    },
    domain: name =>
      one(ground.session, `select configuration from (${domainsSql}) where domain = ${quoteText(name)}`),
    scan: async request => {
      await pending.settle()
      return scanFiles(ground, { filesSql: inTables, metadata, kept }, request)
    },
  }
}

type Live = { readonly version: number; readonly filesSql: string }

/** What was removed and did not come back, the newest removal of each. */
function tombstonesSql(files: string, { version, filesSql }: Live): string {
  const vector = vectorId('dv')
  return `select path, deleted_ms as deletion_ms, false as data_change,
      partition_values is not null as extended, partition_values, size_bytes, dv, base_row_id,
      default_row_commit_version
    from ${files} t where until <= ${version} and not exists (select 1 from (${filesSql}) l
      where l.path = t.path and ${vectorId('l.dv')} is not distinct from ${vectorId('t.dv')})
    qualify row_number() over (partition by path, ${vector} order by until desc, since desc) = 1`
}

async function one(session: Session, sql: string): Promise<string | undefined> {
  return (await session.row(sql))[0] ?? undefined
}
