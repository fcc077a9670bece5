import type { Value } from '../../jinja/index.ts'
import type { RelationCache } from '../adapter/cache.ts'
import type { Environment, Say } from '../context/builtins.ts'
import type { Adapter, Flags, Manifest, Node, Profile, UniqueId } from '../face.ts'
import type { MacroCode } from '../macros/code.ts'
import type { Lookups } from '../parse/lookups.ts'
import type { MacroIndex } from '../parse/macro-index.ts'
import type { RunPython } from './python-job.ts'
import type { Project } from '../project/project.ts'
import type { YamlObject } from '../yaml.ts'

/** All that carrying out a command stands on: the parsed project, the database, the command. */
export type World = {
  readonly root: Project
  readonly packages: ReadonlyMap<string, Project>
  /** Names of the built-in packages, the database's own first. */
  readonly builtins: readonly string[]
  readonly profile: Profile
  readonly manifest: Manifest
  readonly lookups: Lookups
  /** `graph`, as templates see it. */
  readonly graph: Value
  readonly macros: MacroIndex
  readonly code: MacroCode
  /** Variables of the command line. */
  readonly cli: YamlObject
  readonly flags: Flags
  readonly adapter: Adapter
  readonly cache: RelationCache
  readonly env: Environment
  readonly invocation: Invocation
  readonly say: Say
  /** A test that would warn fails. */
  readonly warningsAreErrors?: boolean
  readonly warn: (words: string, node?: UniqueId) => void
  readonly selected: readonly UniqueId[]
  /** Where nodes that were not built here are read instead, by id; undefined: nothing is deferred. */
  readonly deferred?: Deferred | undefined
  /** Files of compiled and of executed code. */
  readonly write: (kind: 'compiled' | 'run', node: Node, text: string) => void
  /** Only rows of this time are read: `--sample`. */
  readonly sample?: { readonly startMs: number; readonly endMs: number } | undefined
  /** Microbatch models: `--event-time-start` and `--event-time-end`. */
  readonly eventTime?: { readonly startMs: number; readonly endMs: number } | undefined
  /** `retry`: what came of the batches of models before, and when that was. */
  readonly batchesBefore?: ReadonlyMap<UniqueId, BatchResults> | undefined
  readonly batchesBeforeMs?: number | undefined
  /** Runs Python models; undefined: there is no Python. */
  readonly python?: RunPython | undefined
  readonly nowMs: () => number
  /** A node may prefer the place that a package says searches its own names first. */
  readonly ownPackageFirst: boolean
}

/** Batches by their bounds, as `run_results.json` keeps them. */
export type BatchResults = {
  readonly successful: readonly (readonly [start: string, end: string])[]
  readonly failed: readonly (readonly [start: string, end: string])[]
}

export type Invocation = {
  readonly id: string
  readonly startedAtMs: number
  /** As `invocation_args_dict` shows it. */
  readonly args: YamlObject
}

export type Deferred = {
  readonly relations: ReadonlyMap<UniqueId, Node>
  /** Also for nodes that do stand here, unless they are selected. */
  readonly isPreferred: boolean
}
