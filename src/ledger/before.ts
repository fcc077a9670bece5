import type { AssetHistory, AssetName } from '../model/index.ts'
import { assetHistory } from './assets.ts'
import { type Driver, textOr } from './driver.ts'
import { emptyFold, foldIn } from './fold.ts'
import { eventRow } from './rows.ts'

/**
 * What the tables held of an asset before a run touched it: its events up to there, folded. The tables are
 * the fold of all events (`verify`), so that this is exact.
 */
export async function readBefore(
  driver: Driver,
  run: string,
  name: AssetName,
): Promise<AssetHistory | undefined> {
  const rows = await driver.all(
    'select * from event where asset = ? and seq < ' +
      '(select coalesce(min(seq), 0) from event where run = ? and asset = ?) order by seq',
    [name, run, name],
  )
  const folded = emptyFold()
  for (const row of rows) {
    const change = textOr(row, 'change')
    foldIn(folded, { ...eventRow(row), state: change === undefined ? undefined : JSON.parse(change) })
  }
  const state = folded.assets.get(name)
  const partitions = Object.fromEntries(folded.partitions.get(name) ?? [])
  return state && assetHistory(state, partitions, folded.contracts.get(name))
}
