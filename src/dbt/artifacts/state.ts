import type { Manifest, NodeResult, UniqueId } from '../face.ts'

/** What another run left behind in its folder, as far as it is there. */
export type State = {
  readonly manifest?: Manifest
  readonly results?: readonly Pick<NodeResult, 'unique_id' | 'status'>[]
  /** Freshness as it was at that run, and as it was measured last in this project. */
  readonly sources?: readonly Freshness[]
  readonly sourcesNow?: readonly Freshness[]
}

export type Freshness = {
  readonly unique_id: UniqueId
  /** Absent: it could not be measured. */
  readonly max_loaded_at?: string
}
