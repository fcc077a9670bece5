import { quarantineOf as tableOf } from '../connect/index.ts'
import { failure } from '../errors/index.ts'
import type { AssetName } from '../model/index.ts'
import { systemClock } from '../run/index.ts'
import { quoteAsset } from '../sql/index.ts'
import type { Opened } from './opened.ts'
import type { Project, QuarantineRow } from './project.ts'

/** Refused rows: looked at, sent through today's code again, or thrown away. */
export function quarantineOf(rooms: Opened, run: Project['run']): Project['quarantine'] {
  const assets = () => rooms.read.declarations.map(it => it.name)
  const has = async (asset: AssetName) => {
    const store = await rooms.store('read')
    return (await store.columns(tableOf(asset))) !== undefined
  }
  const must = async (asset: AssetName) => {
    if (!(await has(asset))) throw failure('SLUICE_QUARANTINE_EMPTY', { asset })
  }
  return {
    counts: async () => {
      const found: { asset: AssetName; rule: string; open: number }[] = []
      for (const asset of assets()) {
        if (!(await has(asset))) continue
        const sql = `select rule, count(*) from ${quoteAsset(tableOf(asset))}
          where status = 'open' group by rule order by 2 desc, 1`
        const { rows } = await (await rooms.store('read')).query(sql)
        found.push(...rows.map(([rule, open]) => ({ asset, rule: rule ?? '', open: Number(open) })))
      }
      return found
    },
    rows: async (asset, options = {}) => {
      await must(asset)
      const columns = ['id', 'run', 'refused_at', 'rule', 'reason', 'source', 'position', 'raw', 'status']
      const sql = `select ${columns.join(', ')} from ${quoteAsset(tableOf(asset))}
        where status = 'open' order by id`
      const { rows } = await (await rooms.store('read')).query(sql, options)
      return rows.map(row => rowOf(asset, row))
    },
    replay: async (asset, options = {}) => {
      await must(asset)
      return run({ select: [`${asset}+`], again: [asset], replay: asset, trigger: 'replay', ...options })
    },
    discard: async (asset, ids) => {
      await must(asset)
      const store = await rooms.store('write')
      const { signal } = rooms
      // Without a key: the same ids again find nothing open.
      const work = await store.begin({ asset, effect: 'discard', keyed: false, signal })
      try {
        const discarded = await work.settle('discarded', ids)
        const counts = { in: 0, out: 0, refused: 0, deduplicated: 0 }
        const atMs = systemClock().nowMs()
        await work.publish({ asset, run: '', atMs, counts, record: null })
        return discarded
      } catch (thrown) {
        await work.abandon()
        throw thrown
      }
    },
  }
}

function rowOf(asset: AssetName, row: readonly (string | null)[]): QuarantineRow {
  const [id, run, at, rule, reason, source, position, raw, status] = row.map(value => value ?? '')
  return {
    id: id ?? '',
    asset,
    run: run ?? '',
    at: at ?? '',
    rule: rule ?? '',
    reason: reason ?? '',
    source: source ?? '',
    position: position ?? '',
    raw: raw ?? '',
    status: status === 'replayed' || status === 'discarded' ? status : 'open',
  }
}
