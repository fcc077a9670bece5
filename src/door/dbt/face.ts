import type {
  CompiledNode,
  Environment,
  FreshnessResult,
  Manifest,
  NodeResult,
  Problem,
  Profile,
  Resource,
  ShownRows,
  UniqueId,
} from '../../dbt/index.ts'
import type { Json } from '../../model/index.ts'
import type { DbtCommand } from './flags.ts'
import type { FlagValues, Settings } from './settings.ts'

export type DbtOptions = {
  /** Where the command runs. */
  readonly cwd: string
  readonly command: DbtCommand
  /** Words behind the command: the macro of `run-operation`. */
  readonly words?: readonly string[]
  /** As the command line has them, or typed. */
  readonly flags: FlagValues
  readonly env: Environment
  readonly nowMs: () => number
  readonly signal: AbortSignal
  readonly onEvent: (event: DbtEvent) => void
}

/** What happens while a command is carried out. */
export type DbtEvent =
  /** `log(…, info=true)`, and what is worth telling besides. */
  | { readonly kind: 'message'; readonly words: string }
  /** `print(…)`: it is an answer. */
  | { readonly kind: 'print'; readonly words: string }
  | { readonly kind: 'warning'; readonly words: string }
  | { readonly kind: 'started'; readonly nodes: number; readonly threads: number; readonly target: string }
  | { readonly kind: 'node.started'; readonly unique_id: UniqueId }
  | { readonly kind: 'node.finished'; readonly node: NodeFacts; readonly result: NodeResult }

/** What is told of a node. */
export type NodeFacts = {
  readonly unique_id: UniqueId
  readonly resource_type: string
  readonly name: string
  readonly path: string
  /** `main.customers`; undefined: it is no relation. */
  readonly relation?: string | undefined
  readonly materialized?: string | undefined
  /** Where the rows that failed a test are kept. */
  readonly failuresIn?: string | undefined
  /** In the folder of compiled code; undefined: nothing was compiled. */
  readonly compiledPath?: string | undefined
}

/** What a command has done to nodes. */
export type DbtReport = {
  readonly results: readonly NodeResult[]
  readonly elapsedMs: number
  /** 1: a node or test failed. */
  readonly exit: 0 | 1
  /** What PASS=, WARN= … tell. */
  readonly counts: { readonly [status in Tally]: number }
}
export type Tally = 'pass' | 'warn' | 'error' | 'skip' | 'noOp' | 'total'

/** `isNamed`: the command line names it, so that its code is an answer. */
export type Compiled = CompiledNode & { readonly isNamed: boolean }

export type DbtRows = ShownRows

export type Shown = DbtRows & { readonly node: string }

/** A dbt project, open for one command. */
export type Dbt = {
  readonly root: string
  readonly settings: Settings
  /** Folder of artefacts, absolute. */
  readonly targetDir: string
  /** Read and parse it; throws what is wrong with it. */
  readonly parse: () => Promise<ParsedProject>
  /** `build`, `run`, `test`, `seed`, `snapshot`, `clone`, `retry`. */
  readonly build: () => Promise<DbtReport>
  readonly compile: () => Promise<readonly Compiled[]>
  readonly list: () => Promise<readonly Resource[]>
  /** The first rows of these nodes, or of those that are selected. */
  readonly show: (ids?: readonly UniqueId[]) => Promise<readonly Shown[]>
  /** What the macro returned, as JSON where it can be. */
  readonly operate: () => Promise<Json>
  readonly freshness: () => Promise<FreshnessReport>
  readonly docs: () => Promise<CatalogReport>
  readonly deps: () => Promise<readonly InstalledPackage[]>
  readonly clean: () => Promise<readonly string[]>
  readonly debug: () => Promise<readonly Finding[]>
  readonly doctor: () => Promise<readonly Problem[]>
  readonly close: () => Promise<void>
}

export type ParsedProject = {
  readonly name: string
  readonly profile: Profile
  readonly manifest: Manifest
  readonly warnings: readonly Problem[]
  readonly elapsedMs: number
}

export type FreshnessReport = {
  readonly results: readonly FreshnessResult[]
  readonly elapsedMs: number
  readonly exit: 0 | 1
}

export type CatalogReport = { readonly columns: number; readonly errors: readonly string[] }

export type InstalledPackage = {
  readonly name: string
  readonly version: string
  /** Where it came from. */
  readonly from: string
  /** Where it lies now; undefined: it was only locked. */
  readonly folder?: string | undefined
  /** A newer version that is there. */
  readonly newer?: string | undefined
}

/** One thing that was looked at. */
export type Finding = { readonly subject: string; readonly ok: boolean; readonly words: string }
