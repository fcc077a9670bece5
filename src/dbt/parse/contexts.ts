import type { Scope } from '../../jinja/index.ts'
import type { Context } from '../context/scope.ts'
import type { Node, UniqueId } from '../face.ts'
import type { MacroCode } from '../macros/code.ts'
import type { Current } from './context.ts'

/** The contexts of a project's packages; what changes from node to node is set at `current`. */
export type Contexts = {
  readonly code: MacroCode
  readonly current: Current
  /** What code of a package sees. */
  readonly ofPackage: (packageName: string) => Context
  /** What a generic test's code sees: only macros that its own one calls, by dbt's reckoning. */
  readonly ofTest: (packageName: string, macro: UniqueId) => Context
  /** What a package's files of properties see. */
  readonly ofProperties: (packageName: string, path: string) => Scope
}

/** Before the first node there is none; macros that name things are asked without one. */
export const noNode = {
  resource_type: 'operation',
  original_file_path: 'dbt_project.yml',
  refs: [],
  sources: [],
  depends_on: { macros: [], nodes: [] },
} as unknown as Node
