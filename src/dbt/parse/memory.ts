import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Environment } from '../context/builtins.ts'
import type { MacroFacts, Manifest, Node, Problem, Ref, UniqueId } from '../face.ts'
import type { YamlObject } from '../yaml.ts'
import { packed, unpacked } from './packed.ts'
import { sha256 } from './hash.ts'

/** What code was seen to call. */
export type Captured = {
  readonly calls: readonly YamlObject[]
  readonly refs: readonly Ref[]
  readonly sources: Node['sources']
  readonly metrics: readonly string[][]
  readonly functions: readonly string[][]
  readonly macros: readonly UniqueId[]
}

/** What one parse leaves to the next. */
export type Memory = {
  /** Of the version of this program, the command's variables, the target, the files of projects. */
  readonly fingerprint: string
  /** Of the files' names, sizes and times. */
  readonly signature: string
  /** Of all macros' texts: code is rendered anew when one has changed. */
  readonly macros: string
  /** Variables of the environment that were asked for, with what they were. */
  readonly env: readonly (readonly [name: string, value: string | null])[]
  readonly captured: ReadonlyMap<string, Captured>
  /** Which macros each macro calls, by id. */
  readonly calls: ReadonlyMap<UniqueId, readonly UniqueId[]>
  readonly manifest: Manifest
  readonly problems: readonly Problem[]
}

/** Maps of a manifest, which are objects in a file. */
const maps = [
  'nodes',
  'sources',
  'macros',
  'docs',
  'exposures',
  'metrics',
  'groups',
  'disabled',
  'semantic_models',
  'saved_queries',
  'unit_tests',
  'functions',
] as const

/** What the last parse left; undefined: nothing that can be used. */
export function remember(path: string): Memory | undefined {
  try {
    const read = unpacked(readFileSync(path, 'utf8')) as Stored
    const manifest: Record<string, unknown> = { ...read.manifest }
    for (const name of maps) manifest[name] = new Map(Object.entries(read.manifest[name] as object))
    return {
      ...read,
      captured: new Map(Object.entries(read.captured)),
      calls: new Map(Object.entries(read.calls)),
      manifest: manifest as Manifest,
    }
  } catch {
    // A file that is absent, cut off or of another kind is no memory: everything is parsed anew.
    return undefined
  }
}

type Stored = Omit<Memory, 'captured' | 'calls' | 'manifest'> & {
  readonly captured: { readonly [key: string]: Captured }
  readonly calls: { readonly [id: UniqueId]: readonly UniqueId[] }
  readonly manifest: { readonly [field: string]: unknown }
}

/** Leave it to the next parse. A reader sees the old file or the new one, whole. */
export function memorize(path: string, memory: Memory): void {
  const manifest: Record<string, unknown> = { ...memory.manifest }
  for (const name of maps) manifest[name] = Object.fromEntries(memory.manifest[name] as Map<string, unknown>)
  const stored = {
    ...memory,
    captured: Object.fromEntries(memory.captured),
    calls: Object.fromEntries(memory.calls),
    manifest,
  }
  mkdirSync(dirname(path), { recursive: true })
  const beside = `${path}.new`
  writeFileSync(beside, packed(stored))
  renameSync(beside, path)
}

/** Whether every variable that was asked for is what it was. */
export function isSameEnv(memory: Memory, env: Environment): boolean {
  return memory.env.every(([name, value]) => (env[name] ?? null) === value)
}

/** What code of a node was seen to call before, and is now. */
export type Captures = {
  readonly before: ReadonlyMap<string, Captured>
  readonly now: Map<string, Captured>
}

/** By what a node's code is known again. */
export function captureKey(
  { package_name: packageName, unique_id: id, original_file_path: path }: Node,
  code: string,
): string {
  return sha256([packageName, id, path, code].join('\0'))
}

/** Of the texts of all macros: any of them may be what a node's code calls. */
export function macrosHash(macros: Iterable<MacroFacts>): string {
  return sha256(Array.from(macros, ({ unique_id: id, macro_sql: text }) => `${id}\0${text}`).join('\0'))
}
