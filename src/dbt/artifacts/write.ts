import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { jsonText } from './json-text.ts'

/** Write an artefact whole: whoever reads meanwhile finds the one before. */
export function writeArtifact(path: string, artifact: { readonly [field: string]: unknown }): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true })
  const { invocation_id: id } = (artifact.metadata ?? {}) as { invocation_id?: unknown }
  const unfinished = join(folder, `.${basename(path)}.${String(id ?? 'unfinished')}`)
  try {
    writeFileSync(unfinished, jsonText(artifact))
    renameSync(unfinished, path)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}
