import { failure, near } from '../../errors/index.ts'
import type { ResourceType } from '../face.ts'

/** Commands that work on a selection. */
export type Command =
  | 'build'
  | 'run'
  | 'test'
  | 'seed'
  | 'snapshot'
  | 'compile'
  | 'show'
  | 'docs'
  | 'clone'
  | 'list'
  | 'freshness'

type Kinds = { readonly byDefault: readonly ResourceType[]; readonly all: readonly ResourceType[] }

const built: readonly ResourceType[] = [
  'model',
  'seed',
  'snapshot',
  'test',
  'unit_test',
  'saved_query',
  'exposure',
  'function',
]
const compiled: readonly ResourceType[] = [
  'model',
  'test',
  'snapshot',
  'analysis',
  'operation',
  'seed',
  'sql_operation',
  'function',
]
const listed: readonly ResourceType[] = [...built, 'source', 'metric', 'semantic_model']

const kinds: { readonly [command in Command]: Kinds } = {
  build: same(built),
  run: same(['model']),
  test: same(['test', 'unit_test']),
  seed: same(['seed']),
  snapshot: same(['snapshot']),
  compile: same(compiled),
  show: same(compiled),
  docs: same(compiled),
  clone: same(['model', 'seed', 'snapshot']),
  list: { byDefault: listed, all: [...listed, 'analysis'] },
  freshness: same(['source']),
}

function same(all: readonly ResourceType[]): Kinds {
  return { byDefault: all, all }
}

/** Commands that take no `--resource-type`, or only out of what they work on. */
const fixed: readonly Command[] = ['run', 'seed', 'snapshot', 'compile', 'show', 'docs', 'freshness']
const narrowed: readonly Command[] = ['test', 'clone']

export type KindWish = {
  readonly command: Command
  /** `--resource-type`: names of kinds, `all`, `default`. */
  readonly resourceTypes?: readonly string[]
  readonly excludeResourceTypes?: readonly string[]
}

/** Which kinds of resources a command works on. */
export function kindsOf({
  command,
  resourceTypes = [],
  excludeResourceTypes = [],
}: KindWish): ReadonlySet<string> {
  const { byDefault, all } = kinds[command]
  if (fixed.includes(command)) return new Set(byDefault)
  const asked = resourceTypes.flatMap(name =>
    name === 'all' ? all : name === 'default' ? byDefault : [resourceType(name)],
  )
  const wanted = resourceTypes.length > 0 ? asked : byDefault
  const unwanted = new Set<string>(excludeResourceTypes.map(resourceType))
  const left = wanted.filter(kind => !unwanted.has(kind))
  return new Set(narrowed.includes(command) ? left.filter(kind => all.includes(kind)) : left)
}

/** As dbt knows them, those among them that are never selected. */
const resourceTypes: readonly string[] = [
  ...listed,
  'analysis',
  'operation',
  'sql_operation',
  'rpc',
  'doc',
  'macro',
  'group',
  'fixture',
]

/** The name of a kind of resource, refused where there is none. */
export function resourceType(name: string): ResourceType {
  if (!resourceTypes.includes(name))
    throw failure('SLUICE_DBT_SELECTION_VALUE', {
      expression: `resource_type:${name}`,
      value: name,
      known: resourceTypes,
      near: near(name, resourceTypes),
    })
  return name as ResourceType
}
