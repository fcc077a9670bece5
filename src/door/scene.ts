import type { Http, Store } from '../connect/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { AssetName, History, Manifest } from '../model/index.ts'
import type { ProjectRead } from '../project/index.ts'

/** Everything a run needs, opened. */
export type Scene = {
  readonly read: ProjectRead
  readonly manifest: Manifest
  readonly history: History
  /** Assets that the ledger knows and the target has lost. */
  readonly lost: ReadonlySet<AssetName>
  /** Of an environment that stands beside its base: what is its own; undefined: it stands alone. */
  readonly own: readonly AssetName[] | undefined
  readonly ledger: Ledger
  readonly store: Store
  readonly http: Http
  /** The project's own folder for state: `.sluice`. */
  readonly stateDir: string
  readonly onWords: (words: string) => void
  /** Steps of crashed runs that were taken over just before. */
  readonly recovered: number
}
