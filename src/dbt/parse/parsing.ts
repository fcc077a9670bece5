import { Failure, Failures } from '../../errors/index.ts'
import type { Flags, Manifest, MacroFacts, Node, Problem, Profile, Resource, UniqueId } from '../face.ts'
import type { Project } from '../project/project.ts'
import type { Render } from '../project/render.ts'
import type { YamlObject } from '../yaml.ts'
import type { Behaviour } from './behaviour.ts'
import type { Reference } from './reference.ts'
import type { MacroIndex } from './macro-index.ts'
import type { Captures } from './memory.ts'

/** A project while it is parsed: what is known of it, and the manifest that comes to be. */
export type Parsing = {
  readonly root: Project
  /** All packages by name: the project itself, those that are built in, those that are installed. */
  readonly packages: ReadonlyMap<string, Project>
  /** Names of the packages that are built in, the database's own first. */
  readonly builtins: readonly string[]
  readonly profile: Profile
  /** Variables of the command line. */
  readonly cli: YamlObject
  readonly flags: Flags
  readonly behaviour: Behaviour
  readonly manifest: Manifest
  readonly macros: MacroIndex
  readonly templates: Templates
  readonly problems: Problem[]
  readonly captures: Captures
  /** What the files say in `config()` of a resource; its properties may come later. */
  readonly calls: WeakMap<Resource, YamlObject>
  /** Unix seconds. */
  readonly createdAt: number
}

/** Templates as a project's files need them while it is parsed: nothing is executed. */
export type Templates = {
  /** For files of properties: a single expression keeps its type. */
  readonly properties: (packageName: string, path: string) => Render
  /**
   * Render code only to learn what it calls: `ref`, `source`, `config`, macros; these are put down at the
   * node.
   */
  readonly capture: (node: Node, code: string, options?: CaptureOptions) => void
  /** `generate_schema_name` and its like, as the project overrides them. */
  readonly name: (
    part: 'database' | 'schema' | 'alias',
    node: Resource,
    custom: string | null,
  ) => string | null
  /** A text that knows no names. */
  readonly plain: (text: string, path: string) => string
  /** A description, with `doc()`. */
  readonly describe: (text: string, owner: Resource | MacroFacts) => Described
}

export type CaptureOptions = {
  readonly test?: TestCall
  /** Many nodes have the same. */
  readonly isHook?: boolean
  /** Only these functions are there: `ref` of an exposure, of a semantic model. */
  readonly only?: readonly ('ref' | 'source' | 'metric')[]
}

/** What a generic test calls. */
export type TestCall = {
  readonly macro: MacroFacts | undefined
  /** The package it is called by: `dbt_utils.equality`. */
  readonly namespace: string | null
  /** Expressions, `model` apart. */
  readonly arguments: YamlObject
  /** What `model` names. */
  readonly model: Reference
  /** `config(…)` in its code. */
  readonly config: YamlObject
}

export type Described = { readonly text: string; readonly blocks: readonly UniqueId[] }

/** Do it, and put down what fails as a problem at its place: the next file may have its own. */
export function guarded(parsing: Pick<Parsing, 'problems'>, path: string, act: () => void): void {
  try {
    act()
  } catch (thrown) {
    const all = thrown instanceof Failures ? thrown.all : thrown instanceof Failure ? [thrown] : undefined
    if (all === undefined) throw thrown
    for (const failure of all) parsing.problems.push(problemOf(failure, path))
  }
}

function problemOf({ title, why, at }: Failure, path: string): Problem {
  const words = why === undefined ? title : `${title} ${why}`
  return { severity: 'error', words, path: at?.file ?? path, ...(at && { line: at.line, column: at.column }) }
}

export function warn({ problems }: Pick<Parsing, 'problems'>, words: string, path?: string): void {
  problems.push({ severity: 'warning', words, ...(path !== undefined && { path }) })
}

/** The project that a resource's package is. */
export function packageOf({ packages, root }: Parsing, name: string): Project {
  return packages.get(name) ?? root
}
