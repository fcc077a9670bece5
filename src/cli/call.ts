import type { Project } from '../door/index.ts'
import type { Out } from './print/out.ts'
import type { World } from './world.ts'

/** One command, understood: what a verb gets. */
export type Call = {
  /** What stands after the verb and is no option. */
  readonly words: readonly string[]
  readonly options: OptionValues
  /** Where the project is looked for. */
  readonly cwd: string
  readonly out: Out
  readonly world: World
  /** Cancelled by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** Opens the project, in this environment rather than that of `--env`; `main` closes it. */
  readonly open: (environment?: string) => Promise<Project>
}

export type OptionValues = { readonly [name: string]: true | string | readonly string[] | undefined }

/** A verb, done: the exit code. */
export type Verb = (call: Call) => Promise<number>

/** Was `--name` given? */
export function given(call: Call, name: string): boolean {
  return call.options[name] !== undefined
}

/** The text of `--name TEXT`. */
export function textOf(call: Call, name: string): string | undefined {
  const value = call.options[name]
  return typeof value === 'string' ? value : undefined
}

/** The texts of `--name A --name B`. */
export function textsOf(call: Call, name: string): readonly string[] {
  const value = call.options[name]
  return Array.isArray(value) ? value : []
}
