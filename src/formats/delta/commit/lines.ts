import type { Action, AddFile, RemoveFile } from '../actions.ts'

// JSON.rawJSON (proposal "JSON.parse source text access", in V8 since 11.4): row ids keep all their digits.
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown }

/** Actions as the lines of a commit, and as rows for the engine: integers of any size as numbers. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? rawJSON(String(inner)) : inner,
  )
}

/** "Delta Log Entries": one action a line. */
export function linesOf(actions: readonly Action[]): Uint8Array {
  return new TextEncoder().encode(`${actions.map(jsonOf).join('\n')}\n`)
}

/** The logical file: "Derived Fields" of a deletion vector make the same data file another one. */
export function vectorId({ deletionVector }: AddFile | RemoveFile): string | undefined {
  if (deletionVector === undefined) return undefined
  const { storageType, pathOrInlineDv, offset } = deletionVector
  return `${storageType}${pathOrInlineDv}${offset === undefined ? '' : `@${offset}`}`
}

/** A key of the store as a path of the log: a URI, percent-encoded ("Add File and Remove File"). */
export function pathOfKey(key: string): string {
  return key.split('/').map(encodeSegment).join('/')
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll('%3D', '=')
}
