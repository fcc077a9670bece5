import { randomInt } from 'node:crypto'
import type { Environments, Own, Together } from '../../connect/index.ts'
import { withSession } from '../../engine/index.ts'
import { deleteRows, history } from '../../formats/delta/index.ts'
import type { AssetName } from '../../model/index.ts'
import { besideProperty } from './beside.ts'
import { bytesOf } from './json.ts'
import type { Lake } from './lake.ts'
import { nameIn, ownName } from './names.ts'
import type { Place, Ready } from './publish/parts.ts'
import { attemptMax, publishTogether } from './publish/publish.ts'
import { by, isCare } from './told.ts'
import { findView, following, type View, viewKey } from './views.ts'

/** Environments beside the base of this lake: `dev__marts.revenue` beside `marts.revenue`. */
export function environmentsOf(lake: Lake): Environments {
  return {
    own: async environment => {
      const own: Own[] = []
      for (const at of await lake.assets()) {
        const asset = nameIn(environment, at)
        if (asset !== undefined) own.push({ asset, behind: await isBehind(lake, { asset, at }) })
      }
      return own
    },
    drop: async (environment, assets) => {
      for (const asset of assets) {
        const at = ownName(environment, asset)
        const said = await findView(lake.objects, at)
        const nothing = following({ asset: at, attempt: randomInt(attemptMax) }, said)
        await lake.objects.put(viewKey(at), bytesOf(nothing))
      }
    },
    promote: (environment, request) =>
      withSession(
        lake.engine.session({ path: lake.objects.describe, signal: request.signal }),
        async session => {
          const place = { lake, session }
          const all = request.assets.map(asset => ({
            asset,
            at: ownName(environment, asset),
            run: request.run,
          }))
          const parts: (readonly Ready[])[] = []
          for (const one of all) parts.push(await promoted(place, one))
          const ready = parts.flat()
          // Tables before names: what can meet others comes first.
          const [tables, names] = [ready.filter(isTable), ready.filter(part => !isTable(part))]
          return publishTogether(place, request, [...tables, ...names])
        },
      ),
  }
}

type OwnTable = { readonly asset: AssetName; readonly at: AssetName }

/** The base's table got other rows since this one began from it. */
async function isBehind(lake: Lake, { asset, at }: OwnTable): Promise<boolean> {
  const said = await lake.views.all()
  if (said.get(at)?.sql !== undefined) return false
  const own = await (await lake.table(at)).latest()
  const began = own?.metadata.configuration[besideProperty]
  const stands = !said.has(asset) && (await lake.has(asset))
  if (!stands || began === undefined) return stands !== (began !== undefined)
  const log = await lake.table(asset)
  const since = ((await log.latest())?.version ?? 0) - Number(began)
  if (since <= 0) return since < 0
  return (await history(log, { limit: since })).some(entry => !isCare(entry))
}

function isTable({ kind }: Ready): boolean {
  return kind === 'state' || kind === 'table'
}

/**
 * What has to happen for the base to have what the environment has under the name, and the name to be free.
 */
async function promoted(place: Place, one: OwnTable & Pick<Together, 'run'>): Promise<readonly Ready[]> {
  const { asset, at, run } = one
  const { objects } = place.lake
  const [mine, below] = [await findView(objects, at), await findView(objects, asset)]
  const over = mine?.attempt
  const free: Ready = { kind: 'view', view: following({ asset: at, attempt: 0, run }, mine), over }
  const parts =
    mine?.sql === undefined
      ? await promotedTable(place, one, below)
      : await promotedView(place, { ...one, sql: mine.sql }, below)
  return [...parts, free]
}

async function promotedTable(
  { lake }: Place,
  { asset, at, run }: OwnTable & Pick<Together, 'run'>,
  below: View | undefined,
): Promise<readonly Ready[]> {
  const version = (await (await lake.table(at)).latest())?.version ?? 0
  const base = (await (await lake.table(asset)).latest())?.version
  const words = { run, began: base === undefined || below !== undefined, instead: below?.sql }
  const operation = by(words, { name: 'CLONE', parameters: { source: at, sourceVersion: version } })
  const uncovered: readonly Ready[] = below ? [{ kind: 'no view', asset, attempt: below.attempt }] : []
  return [{ kind: 'state', asset, base, of: { asset: at, version }, operation }, ...uncovered]
}

async function promotedView(
  { lake, session }: Place,
  { asset, run, sql }: OwnTable & Pick<Together, 'run'> & { readonly sql: string },
  below: View | undefined,
): Promise<readonly Ready[]> {
  const view = following({ asset, sql, attempt: 0, run }, below)
  const put: Ready = { kind: 'view', view, over: below?.attempt }
  if (below !== undefined || !(await lake.has(asset))) return [put]
  const tx = await (await lake.table(asset)).begin({ session, isolation: 'Serializable' })
  const { operation } = await deleteRows(tx, {})
  return [{ kind: 'table', asset, tx, operation: by({ run }, operation) }, put]
}
