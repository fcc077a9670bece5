import {
  type Callable,
  callable,
  Dict,
  HOST,
  type Host,
  type HostType,
  raise,
  str,
  Undefined,
  type Value,
} from '../../jinja/index.ts'
import {
  ephemeralName,
  informationSchema,
  inSql,
  matches,
  type Part,
  parts,
  type Parts,
  type Relation,
  relation,
  type RelationType,
  rendered,
} from '../adapter/relation.ts'
import { hostType, type Members, type Method } from './host.ts'

/** A relation in the hands of templates. */
export class RelationValue implements Host {
  readonly relation: Relation
  readonly [HOST]: HostType<RelationValue> = relationHost
  constructor(of: Relation) {
    this.relation = of
  }
}

type Change = Method<RelationValue>

const fields: NonNullable<Members<RelationValue>['fields']> = {
  database: ({ relation: of }) => of.database,
  schema: ({ relation: of }) => of.schema,
  identifier: ({ relation: of }) => of.identifier,
  table: ({ relation: of }) => of.identifier,
  name: ({ relation: of }) => of.identifier,
  type: ({ relation: of }) => of.type,
  path: ({ relation: of }) => Dict.of(parts.map(part => [part, of[part]])),
  include_policy: ({ relation: of }) => policyValue(of.include),
  quote_policy: ({ relation: of }) => policyValue(of.quote),
  quote_character: () => '"',
  limit: ({ relation: of }) => of.limit,
  external: ({ relation: of }) => of.external,
  catalog: ({ relation: of }) => of.catalog,
  dbt_created: ({ relation: of }) => of.dbtCreated,
  information_schema_view: ({ relation: of }) => of.informationView,
  is_table: is('table'),
  is_view: is('view'),
  is_cte: is('cte'),
  is_materialized_view: is('materialized_view'),
  is_pointer: is('pointer_table'),
  is_function: is('function'),
  // DuckDB's adapter declares neither: macros take the way by a new name.
  can_be_renamed: () => false,
  can_be_replaced: () => false,
}

/** What the class knows, reached through `api.Relation` and through any relation. */
const typeNames: { readonly [name: string]: RelationType } = {
  Table: 'table',
  View: 'view',
  CTE: 'cte',
  External: 'external',
  MaterializedView: 'materialized_view',
  PointerTable: 'pointer_table',
  Function: 'function',
}

const include: Change = [
  'database=None, schema=None, identifier=None',
  ({ relation: of }, values) => change(of, { include: toggled(of.include, values) }),
]
const quote: Change = [
  'database=None, schema=None, identifier=None',
  ({ relation: of }, values) => change(of, { quote: toggled(of.quote, values) }),
]
const incorporate: Change = [
  '**kwargs',
  ({ relation: of }, [given]) => change(of, changes(of, given as Dict)),
]

const methods: { readonly [name: string]: Change } = {
  render: ['', ({ relation: of }) => rendered(of)],
  render_limited: ['', ({ relation: of }) => inSql({ ...of, eventTime: null })],
  include,
  quote,
  incorporate,
  replace: incorporate,
  replace_path: ['**kwargs', ({ relation: of }, [given]) => change(of, pathOf(given as Dict))],
  without_identifier: [
    '',
    ({ relation: of }) => change(of, { identifier: null, include: { ...of.include, identifier: false } }),
  ],
  information_schema: [
    'view_name=None',
    ({ relation: of }, [view]) => new RelationValue(informationSchema(of, text(view))),
  ],
  information_schema_only: ['', ({ relation: of }) => new RelationValue(informationSchema(of, null))],
  matches: [
    'database=None, schema=None, identifier=None',
    ({ relation: of }, values) => matching(of, values),
  ],
  quoted: ['identifier', (_, [identifier]) => `"${str(identifier)}"`],
  add_ephemeral_prefix: ['name', (_, [name]) => ephemeralName(str(name))],
  get_function_config: ['model', (_, [model]) => functionConfig(model)],
  get_function_macro_name: ['config', (_, [config]) => functionMacro(config)],
  scd_args: ['primary_key, updated_at', (_, [key, updatedAt]) => scdArguments(key, updatedAt)],
  // dbt_utils tells a relation from a text by this.
  get: ['key, default=None', (self, [key, otherwise]) => got(self, key) ?? otherwise],
  to_dict: ['omit_none=False', ({ relation: of }) => fieldsOf(of)],
}

const relationHost: HostType<RelationValue> = hostType<RelationValue>(
  'DuckDBRelation',
  {
    fields: {
      ...fields,
      ...Object.fromEntries(Object.entries(typeNames).map(([name, type]) => [name, () => type])),
    },
    methods,
  },
  {
    str: ({ relation: of }) => inSql(of),
    repr: ({ relation: of }) => `<DuckDBRelation ${rendered(of)}>`,
    equal: (self, other) => other instanceof RelationValue && keyOf(self.relation) === keyOf(other.relation),
    key: ({ relation: of }) => rendered(of),
    truth: () => true,
    is: ['mapping'],
    item: (self, key) => got(self, key),
    iterate: ({ relation: of }) => fieldsOf(of).keys(),
    length: ({ relation: of }) => fieldsOf(of).size,
  },
)

/** Two relations are the same when all that is known of them is. */
function keyOf(of: Relation): string {
  return JSON.stringify(Object.entries(of))
}

function got(self: RelationValue, key: Value): Value | undefined {
  if (typeof key !== 'string') return undefined
  if (key === 'metadata') return Dict.of([['type', 'DuckDBRelation']])
  return fields[key]?.(self)
}

function fieldsOf(of: Relation): Dict {
  return Dict.of([
    ['path', Dict.of(parts.map(part => [part, of[part]]))],
    ['type', of.type],
    ['quote_character', '"'],
    ['include_policy', policyValue(of.include)],
    ['quote_policy', policyValue(of.quote)],
    ['dbt_created', of.dbtCreated],
  ])
}

function policyValue(policy: Parts<boolean>): Dict {
  return Dict.of(parts.map(part => [part, policy[part]]))
}

function is(type: RelationType): (self: RelationValue) => boolean {
  return self => self.relation.type === type
}

function change(of: Relation, changed: Partial<Relation>): RelationValue {
  return new RelationValue({ ...of, ...changed })
}

function toggled(policy: Parts<boolean>, values: readonly Value[]): Parts<boolean> {
  const [database, schema, identifier] = values.map(value => (typeof value === 'boolean' ? value : undefined))
  return {
    database: database ?? policy.database,
    schema: schema ?? policy.schema,
    identifier: identifier ?? policy.identifier,
  }
}

/** What `incorporate`, `replace` and `create` take by name, as changes of a relation. */
function changes(of: Relation, given: Dict): Partial<Relation> {
  const changed: { -readonly [field in keyof Relation]?: Relation[field] } = {}
  const path = given.get('path')
  if (path instanceof Dict) Object.assign(changed, pathOf(path))
  if (given.has('type')) changed.type = text(given.get('type')) as RelationType | null
  if (given.has('limit')) changed.limit = whole(given.get('limit'))
  if (given.has('external')) changed.external = text(given.get('external'))
  if (given.has('catalog')) changed.catalog = text(given.get('catalog'))
  if (given.has('information_schema_view'))
    changed.informationView = text(given.get('information_schema_view'))
  if (given.has('dbt_created')) changed.dbtCreated = given.get('dbt_created') === true
  changed.quote = merged(of.quote, given.get('quote_policy'))
  changed.include = merged(of.include, given.get('include_policy'))
  return changed
}

function merged(policy: Parts<boolean>, given: Value | undefined): Parts<boolean> {
  return given instanceof Dict
    ? toggled(
        policy,
        parts.map(part => given.get(part) ?? null),
      )
    : policy
}

function pathOf(given: Dict): Partial<Relation> {
  const found: { [part in Part]?: string | null } = {}
  for (const part of parts) if (given.has(part)) found[part] = text(given.get(part))
  return found
}

function matching(
  of: Relation,
  [database = null, schema = null, identifier = null]: readonly Value[],
): boolean {
  const search = { database: text(database), schema: text(schema), identifier: text(identifier) }
  const found = matches(of, search)
  if (found === 'nearly')
    raise(
      'CompilationError',
      `Searched for a relation ${rendered(relation(search))}, and there is one that differs in case or ` +
        `quotes only: ${rendered(of)}`,
    )
  return found === true
}

/** A text, or null where there is none; macros also hand over what is undefined. */
export function text(value: Value | undefined): string | null {
  return value === null || value === undefined || value instanceof Undefined ? null : str(value)
}

function whole(value: Value | undefined): number | null {
  return typeof value === 'number' ? value : null
}

function functionConfig(model: Value): Value {
  if (!(model instanceof Dict) || model.get('resource_type') !== 'function') return null
  const config = model.get('config')
  const of = (name: string) => (config instanceof Dict ? (config.get(name) ?? null) : null)
  return Dict.of([
    ['language', model.get('language') ?? ''],
    ['type', of('type') ?? ''],
    ['runtime_version', of('runtime_version')],
    ['entry_point', of('entry_point')],
  ])
}

function functionMacro(config: Value): string {
  const of = (name: string) => (config instanceof Dict ? str(config.get(name) ?? '') : '')
  return `${of('type')}_function_${of('language')}`
}

function scdArguments(key: Value, updatedAt: Value): Value[] {
  return [...(Array.isArray(key) ? key : [key]), updatedAt]
}

export type RelationDefaults = {
  /** The project's quoting. */
  readonly quote: Parts<boolean>
}

/** `api.Relation`: the class, with `create` and the names of types. */
export function relationClass({ quote: policy }: RelationDefaults): Host {
  const create = (given: Dict, path: Partial<Relation>): RelationValue => {
    const base = relation({ quote: policy })
    return new RelationValue({ ...base, ...changes(base, given), ...path })
  }
  const statics: { readonly [name: string]: Callable } = {
    create: callable(
      'create',
      'database=None, schema=None, identifier=None, type=None, **kwargs',
      ([database, schema, identifier, type, given]) =>
        create(given as Dict, {
          database: text(database),
          schema: text(schema),
          identifier: text(identifier),
          type: text(type) as RelationType | null,
        }),
    ),
    scd_args: callable('scd_args', 'primary_key, updated_at', ([key, updatedAt]) =>
      scdArguments(key, updatedAt),
    ),
    add_ephemeral_prefix: callable('add_ephemeral_prefix', 'name', ([name]) => ephemeralName(str(name))),
  }
  const type = hostType<Host>('type', {
    fields: {
      ...Object.fromEntries(Object.entries(statics).map(([name, run]) => [name, () => run])),
      ...Object.fromEntries(Object.entries(typeNames).map(([name, of]) => [name, () => of])),
    },
  })
  return { [HOST]: type as never }
}
