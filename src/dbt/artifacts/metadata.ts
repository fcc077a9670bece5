import type { Manifest } from '../face.ts'

/** What stands at the head of every artefact: by what, when and in which command it was made. */
export function metadataOf(
  { metadata }: Manifest,
  schema: string,
  generatedAtMs: number,
): { readonly [field: string]: unknown } {
  return {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/${schema}.json`,
    dbt_version: metadata.dbt_version,
    generated_at: new Date(generatedAtMs).toISOString(),
    invocation_id: metadata.invocation_id,
    invocation_started_at: metadata.invocation_started_at,
    env: metadata.env ?? {},
  }
}
