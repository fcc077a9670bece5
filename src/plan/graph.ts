import type { AssetName, Edge, Manifest } from '../model/index.ts'

/**
 * What each asset's rows depend on: its reads and, behind every view it reads, what the view reads. A view holds no rows,
 * so its own version says nothing about them. These are the names whose versions `run` records as an asset's `upstream`.
 */
export declare function upstreamOf(manifest: Manifest): ReadonlyMap<AssetName, readonly Edge[]>
