import type { Value } from '../../jinja/index.ts'
import type { Session } from '../adapter/session.ts'
import type { Node, UniqueId } from '../face.ts'
import type { Batch } from './batch.ts'
import type { World } from './world.ts'

/** One node, being carried out on one connection. */
export type Scene = {
  readonly world: World
  readonly node: Node
  readonly session: Session
  /** `Thread-3`; absent: the command's own. */
  readonly thread?: string
  /** One slice of time of a microbatch model. */
  readonly batch?: Batch | undefined
  /** Ephemeral models that the node has referred to, in order. */
  readonly ctes: Set<UniqueId>
  /** The node's code, once it is compiled. */
  readonly compiled?: string | undefined
  /** Stand-ins for macros by id, and names that come before all others: a unit test's overrides. */
  readonly instead?: ReadonlyMap<string, Value>
  readonly names?: ReadonlyMap<string, Value>
  /** It may refer to what was not seen while parsing: operations, and macros that the adapter calls. */
  readonly isFree?: boolean
}

/** What stands for a node where there is none: a macro that is called by itself. */
export function operation(packageName: string, name = 'macro'): Node {
  return {
    unique_id: `operation.${packageName}.${name}`,
    resource_type: 'operation',
    name,
    package_name: packageName,
    original_file_path: '',
    path: '',
    fqn: [packageName, name],
    config: {},
    tags: [],
    meta: {},
    description: '',
    depends_on: { macros: [], nodes: [] },
    refs: [],
    sources: [],
    created_at: 0,
    unrendered_config: {},
    database: null,
    schema: '',
    alias: name,
    relation_name: null,
    language: 'sql',
    raw_code: '',
    extra_ctes: [],
    checksum: { name: 'none', checksum: '' },
    columns: {},
  }
}
