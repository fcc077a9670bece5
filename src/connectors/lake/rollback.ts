import type { Together } from '../../connect/index.ts'
import { withSession } from '../../engine/index.ts'
import { failure } from '../../errors/index.ts'
import { deleteRows, history } from '../../formats/delta/index.ts'
import type { AssetName } from '../../model/index.ts'
import { belongingTo } from './belonging.ts'
import type { Lake } from './lake.ts'
import { nameIn } from './names.ts'
import type { Place, Ready } from './publish/parts.ts'
import { publishTogether } from './publish/publish.ts'
import { by, isCare, told } from './told.ts'
import { findView, following, type View } from './views.ts'

export type RollbackRequest = Together & { readonly undone: readonly string[] }

/** Everything that a run published under these names goes back to what was there before it. */
export async function rollback(lake: Lake, run: string, request: RollbackRequest): Promise<void> {
  const session = lake.engine.session({ path: lake.objects.describe, signal: request.signal })
  await withSession(session, async own => {
    const tables: Ready[] = []
    const names: Ready[] = []
    for (const at of await tablesOf(lake, request.assets)) {
      const back = await backOf({ lake, session: own }, { at, run, request })
      tables.push(...back.tables)
      names.push(...back.names)
    }
    if (tables.length + names.length === 0)
      throw failure('SLUICE_ROLLBACK_RUN', { run, why: 'The past of its tables does not go back so far.' })
    await publishTogether({ lake, session: own }, request, [...tables, ...names])
  })
}

/**
 * Tables of the assets: their own, those of nested lists, and what they refused; by their names in the lake.
 */
async function tablesOf(lake: Lake, assets: readonly AssetName[]): Promise<readonly AssetName[]> {
  const { exact, has } = belongingTo(lake, assets)
  return [...new Set([...exact, ...(await lake.assets()).filter(has)])]
}

type Going = { readonly at: AssetName; readonly run: string; readonly request: RollbackRequest }
type Back = { readonly tables: readonly Ready[]; readonly names: readonly Ready[] }

async function backOf(place: Place, going: Going): Promise<Back> {
  const { lake } = place
  const { at, request } = going
  const said = await findView(lake.objects, at)
  const name = nameBefore(said, going)
  const table = await tableBefore(lake, going)
  const say = (view: Omit<View, 'attempt' | 'run' | 'before'>): Ready => ({
    kind: 'view',
    view: following({ ...view, attempt: 0, run: request.run }, said),
    over: said?.attempt,
  })
  const tables: readonly Ready[] = table.state ? [table.state] : []
  if (table.began)
    return {
      tables: [await emptied(place, going)],
      names: [say({ asset: at, ...(table.instead && { sql: table.instead }) })],
    }
  if (!name.found) return { tables, names: [] }
  if (name.before) {
    const { sql } = name.before
    return { tables, names: [say({ asset: at, ...(sql !== undefined && { sql }) })] }
  }
  return { tables, names: said ? [{ kind: 'no view', asset: at, attempt: said.attempt }] : [] }
}

/** What others read in the place of a table that is none any more is gone as well; its past stays. */
async function emptied({ lake, session }: Place, { at, request }: Going): Promise<Ready> {
  const tx = await (await lake.table(at)).begin({ session, isolation: 'Serializable' })
  const { operation } = await deleteRows(tx, {})
  return { kind: 'table', asset: at, tx, operation: by({ run: request.run }, operation) }
}

/** What the name meant before the run said something else, if it did. */
function nameBefore(
  said: View | undefined,
  { run, request: { undone } }: Going,
): { readonly found: boolean; readonly before: View | undefined } {
  let view = said
  while (view?.run !== undefined && view.run !== run && undone.includes(view.run)) view = view.before
  return view?.run === run ? { found: true, before: view.before } : { found: false, before: undefined }
}

type TableBack = {
  readonly state?: Ready
  /** The run began the table: before, the name meant nothing, or the view `instead`. */
  readonly began?: boolean
  readonly instead?: string | undefined
}

async function tableBefore(lake: Lake, { at, run, request }: Going): Promise<TableBack> {
  if (!(await lake.has(at))) return {}
  const log = await lake.table(at)
  const entries = (await history(log)).map(entry => ({ ...entry, ...told(entry) }))
  const last = entries.findIndex(entry => entry.run === run)
  const first = entries.findLastIndex(entry => entry.run === run)
  const began = entries[first]
  if (began === undefined) return {}
  const strange = entries
    .slice(0, first)
    .find(
      (entry, i) =>
        !isCare(entry) && entry.run !== run && !(i < last && request.undone.includes(entry.run ?? '')),
    )
  if (strange) {
    const { environment } = lake
    const table = (environment && nameIn(environment, at)) ?? at
    const { version, operation } = strange
    throw failure('SLUICE_ROLLBACK_CHANGED', { table, version, operation })
  }
  if (began.began) return { began: true, instead: began.instead }
  const version = began.version - 1
  const operation = by({ run: request.run }, { name: 'RESTORE', parameters: { version } })
  return {
    state: { kind: 'state', asset: at, base: entries[0]?.version, of: { asset: at, version }, operation },
  }
}
