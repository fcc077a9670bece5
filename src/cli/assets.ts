import { failure, near } from '../errors/index.ts'
import type { Asset, Manifest } from '../model/index.ts'

/** The asset of this name; `revenue` finds `marts.revenue` when no other table is called so. */
export function assetOf(manifest: Manifest, name: string): Asset {
  const found = assetNamed(manifest, name)
  if (found) return found
  const names = manifest.assets.map(asset => asset.name)
  throw failure('SLUICE_CLI_ASSET_UNKNOWN', { name, near: near(name, names) })
}

export function assetNamed({ assets }: Manifest, name: string): Asset | undefined {
  const exact = assets.find(asset => asset.name === name)
  if (exact) return exact
  const tables = assets.filter(asset => asset.name.slice(asset.name.indexOf('.') + 1) === name)
  return tables.length === 1 ? tables[0] : undefined
}
