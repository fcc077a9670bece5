import type { Manifest, NodeResult } from '../face.ts'
import { metadataOf } from './metadata.ts'

export type RunResults = {
  readonly manifest: Manifest
  readonly results: readonly NodeResult[]
  readonly generatedAtMs: number
  readonly elapsedMs: number
  /** The command line, as `retry` reads it again. */
  readonly args: { readonly [name: string]: unknown }
}

/** `run_results.json`, schema version 6. */
export function runResultsArtifact(run: RunResults): { readonly [field: string]: unknown } {
  return {
    metadata: metadataOf(run.manifest, 'run-results/v6', run.generatedAtMs),
    results: run.results.map(each => ({
      status: each.status,
      timing: each.timing,
      thread_id: each.thread_id,
      execution_time: each.execution_time,
      adapter_response: each.adapter_response,
      message: each.message,
      failures: each.failures,
      unique_id: each.unique_id,
      compiled: each.compiled,
      compiled_code: each.compiled_code,
      relation_name: each.relation_name,
      batch_results: each.batch_results,
    })),
    elapsed_time: run.elapsedMs / 1000,
    args: run.args,
  }
}
