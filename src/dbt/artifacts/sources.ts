import type { FreshnessResult } from '../build/freshness.ts'
import type { Manifest } from '../face.ts'
import { metadataOf } from './metadata.ts'

export type FreshnessRun = {
  readonly manifest: Manifest
  readonly results: readonly FreshnessResult[]
  readonly generatedAtMs: number
  readonly elapsedMs: number
}

/** `sources.json`, schema version 3. */
export function sourcesArtifact(run: FreshnessRun): { readonly [field: string]: unknown } {
  return {
    metadata: metadataOf(run.manifest, 'sources/v3', run.generatedAtMs),
    results: run.results.map(resultOf),
    elapsed_time: run.elapsedMs / 1000,
  }
}

function resultOf(result: FreshnessResult): { readonly [field: string]: unknown } {
  const { unique_id, status, measured } = result
  if (measured === undefined) return { unique_id, error: result.message, status }
  const { maxLoadedAtMs, snapshottedAtMs } = measured
  return {
    unique_id,
    max_loaded_at: new Date(maxLoadedAtMs).toISOString(),
    snapshotted_at: new Date(snapshottedAtMs).toISOString(),
    max_loaded_at_time_ago_in_s: (snapshottedAtMs - maxLoadedAtMs) / 1000,
    status,
    criteria: result.criteria,
    adapter_response: result.adapter_response,
    timing: result.timing,
    thread_id: result.thread_id,
    execution_time: result.execution_time,
  }
}
