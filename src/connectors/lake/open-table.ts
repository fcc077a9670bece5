import { become, type DeltaLog, type Snapshot } from '../../formats/delta/index.ts'
import type { AssetName } from '../../model/index.ts'
import type { ObjectStore } from '../../objects/index.ts'
import { besideProperty } from './beside.ts'
import { noteClone } from './clones.ts'
import type { Lake } from './lake.ts'
import type { Sight } from './sight.ts'
import { columnsOf, type Table } from './write/writing.ts'

/**
 * The asset's table, to be changed: on the version that the work sees. Serializable: what a work decided by
 * what it saw must still be so when it commits. Rows that are only appended were not decided by anything, and
 * pass. In an environment it is the environment's own; where there is none yet, it begins with the files of
 * the base's, and none is copied.
 */
export async function openTable(lake: Lake, sight: Sight, asset: AssetName): Promise<Table> {
  const pin = await sight.pinned(asset)
  const at = lake.own(pin?.asset ?? asset)
  const over = await sight.said(at)
  const isOwn = pin?.at === at
  const isBegun = pin?.kind === 'table' && !isOwn
  // Before it is seen: from then on a vacuum of the base must know of it.
  if (isBegun) await noteClone(lake.objects, { of: pin.at, clone: at })
  const from = isBegun ? { snapshot: pin.snapshot, store: (await lake.table(pin.at)).place.store } : undefined
  return begun({
    asset,
    at,
    log: await lake.table(at),
    sight,
    properties: lake.properties,
    stands: pin?.kind === 'table' || (pin === undefined && over === undefined),
    seen: pin?.kind === 'table' && isOwn ? pin.snapshot : undefined,
    from,
    over,
  })
}

type Beginning = Pick<Table, 'asset' | 'at' | 'over' | 'properties'> & {
  readonly log: DeltaLog
  readonly sight: Sight
  /** false: a view has the name or nothing, and what its table holds below does not count. */
  readonly stands: boolean
  readonly seen: Snapshot | undefined
  /** The table of the base that it begins with. */
  readonly from: { readonly snapshot: Snapshot; readonly store: ObjectStore } | undefined
}

async function begun(beginning: Beginning): Promise<Table> {
  const { log, sight, stands, seen, from, ...named } = beginning
  const base = seen === undefined ? {} : { base: seen }
  const tx = await log.begin({ session: sight.session, ...base, isolation: 'Serializable' })
  if (from) {
    const { snapshot: source, store: sourceStore } = from
    const properties = { [besideProperty]: String(source.version) }
    await become(tx, { source, sourceStore, files: 'theirs', properties })
  } else if (!stands && tx.base?.metadata.configuration[besideProperty] !== undefined) {
    const { [besideProperty]: _, ...configuration } = tx.metadata.configuration
    tx.change({ metadata: { ...tx.metadata, configuration } })
  }
  return {
    ...named,
    tx,
    begins: from !== undefined,
    standing: stands && (from || tx.base !== undefined) ? await columnsOf(tx) : undefined,
    again: async () => {
      await tx.abandon()
      return begun({ ...beginning, seen: tx.base })
    },
  }
}
