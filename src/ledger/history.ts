import type { AssetHistory, AssetName, Contract, History, PartitionHistory } from '../model/index.ts'
import { assetHistory, assetState } from './assets.ts'
import { type Driver, text } from './driver.ts'

/** The past of all assets: three queries, whatever their number. */
export async function readHistory(driver: Driver): Promise<History> {
  const rows = await driver.all('select * from asset')
  const contracts = await driver.all('select asset, body from contract')
  const partitions = await readPartitions(driver)
  const contractOf = new Map(
    contracts.map(row => [text(row, 'asset'), JSON.parse(text(row, 'body')) as Contract]),
  )
  const assets: { [name: AssetName]: AssetHistory } = {}
  for (const row of rows) {
    const name = text(row, 'name')
    const history = assetHistory(assetState(row), partitions.get(name) ?? {}, contractOf.get(name))
    if (history) assets[name] = history
  }
  return { assets }
}

export async function readAsset(driver: Driver, name: AssetName): Promise<AssetHistory | undefined> {
  const [row] = await driver.all('select * from asset where name = ?', [name])
  if (row === undefined) return undefined
  const partitions = await readPartitions(driver, name)
  return assetHistory(assetState(row), partitions.get(name) ?? {}, await readContract(driver, name))
}

export async function readContract(driver: Driver, name: AssetName): Promise<Contract | undefined> {
  const [row] = await driver.all('select body from contract where asset = ?', [name])
  return row === undefined ? undefined : JSON.parse(text(row, 'body'))
}

type Partitions = { [key: string]: PartitionHistory }

const partitionSql = 'select asset, part, version, fingerprint, upstream from asset_partition'

async function readPartitions(driver: Driver, name?: AssetName): Promise<ReadonlyMap<AssetName, Partitions>> {
  const rows = await (name === undefined
    ? driver.lists(partitionSql)
    : driver.lists(`${partitionSql} where asset = ?`, [name]))
  const all = new Map<AssetName, Partitions>()
  // Partitions that were built together share their history: 100,000 of them are then few objects.
  const shared = new Map<string, PartitionHistory>()
  for (const [asset, part, version, fingerprint, upstream] of rows) {
    const known = `${version} ${fingerprint} ${upstream}`
    let history = shared.get(known)
    if (history === undefined) {
      history = {
        version: Number(version),
        fingerprint: String(fingerprint),
        upstream: JSON.parse(String(upstream)),
      }
      shared.set(known, history)
    }
    let partitions = all.get(String(asset))
    if (partitions === undefined) {
      partitions = {}
      all.set(String(asset), partitions)
    }
    partitions[String(part)] = history
  }
  return all
}
