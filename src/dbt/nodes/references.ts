import { type Callable, callable, raise, str, Undefined, type Value } from '../../jinja/index.ts'
import {
  ephemeralName,
  type EventTimeFilter,
  type Parts,
  relation,
  type Relation,
} from '../adapter/relation.ts'
import { text, RelationValue } from '../context/relation.ts'
import type { Node, Resource, UniqueId } from '../face.ts'
import type { World } from './world.ts'

/** Who refers, and what comes of it. */
export type Referring = {
  readonly world: World
  readonly node: Node
  /** Ephemeral models that were referred to, in order. */
  readonly ctes: Set<UniqueId>
  /** Does the relation stand in the database? Asked when reading is deferred. */
  readonly stands: (of: Relation) => Promise<boolean>
  /** Of a batch or a sample: which rows of what it reads a node sees. */
  readonly filter: (target: Resource) => EventTimeFilter | null
  /** `strict`: what is referred to must have been seen while parsing. Operations refer freely. */
  readonly strict: boolean
}

/** `ref(…)` while a node is carried out. */
export function refFunction(referring: Referring): Callable {
  return callable('ref', '*args, version=None, v=None', ([version, v, args]) => {
    const names = Array.isArray(args) ? Array.from(args) : []
    const [first = null, second] = names
    if (names.length < 1 || names.length > 2)
      raise('CompilationError', `ref() takes at most two arguments (${names.length} given)`)
    const wanted = second === undefined ? { package: null, name: first } : { package: first, name: second }
    for (const [what, value] of [
      ['name', wanted.name],
      ['package', wanted.package],
    ] as const)
      if (value !== null && typeof value !== 'string')
        raise('CompilationError', `The ${what} argument to ref() must be a string, got ${str(value)}`)
    return resolved(referring, {
      name: str(wanted.name),
      package: text(wanted.package),
      version: versionOf(version) ?? versionOf(v),
    })
  })
}

function versionOf(value: Value): string | null {
  return value === null || value instanceof Undefined ? null : str(value)
}

type Wanted = { readonly name: string; readonly package: string | null; readonly version: string | null }

async function resolved(referring: Referring, wanted: Wanted): Promise<Value> {
  const { node, strict } = referring
  const target = targetOf(referring, wanted)
  if (strict && !node.depends_on.nodes.includes(target.unique_id)) outOfContext(node, wanted)
  refuseAccess(referring, target)
  if (isEphemeral(target)) {
    if (node.resource_type === 'operation')
      raise('CompilationError', `Operations can not ref() ephemeral nodes, but ${target.name} is ephemeral`)
    return asCte(referring, target)
  }
  const place = await placeOf(referring, target)
  return new RelationValue({ ...relationOf(place, referring.world.root.quoting), ...seen(referring, target) })
}

/** An ephemeral model: a common table expression that is put in front of whoever reads it. */
function asCte(referring: Referring, target: Node): RelationValue {
  referring.ctes.add(target.unique_id)
  return new RelationValue(
    relation({
      identifier: cteNameOf(target),
      type: 'cte',
      quote: { database: true, schema: true, identifier: false },
      ...seen(referring, target),
    }),
  )
}

/** `source(…)` while a node is carried out. */
export function sourceFunction(referring: Referring): Callable {
  return callable('source', '*args', ([args]) => {
    const [source = null, table = null, ...more] = Array.isArray(args) ? Array.from(args) : []
    if (source === null || table === null || more.length > 0)
      raise('CompilationError', 'source() takes exactly two arguments')
    const [name, of] = [str(source), str(table)]
    const target = packagesFor(referring, null)
      .map(each => referring.world.lookups.source(name, of, each))
      .find(each => each !== undefined)
    if (!target) return missing(referring, `source named '${name}.${of}'`, `${name}.${of}`)
    // A unit test's rows stand for a source.
    if (isEphemeral(target)) return asCte(referring, target as Node)
    return new RelationValue({ ...sourceRelation(target), ...seen(referring, target) })
  })
}

/** `function(…)`: one that the project defines in the database. */
export function functionFunction(referring: Referring): Callable {
  return callable('function', '*args', ([args]) => {
    const [first = null, second] = Array.isArray(args) ? Array.from(args) : []
    const [packageName, name] = second === undefined ? [null, str(first)] : [str(first), str(second)]
    const target = packagesFor(referring, packageName)
      .map(each => referring.world.lookups.functionNode(name, each))
      .find(each => each !== undefined)
    if (!target) return missing(referring, `function named '${name}'`, name)
    return new RelationValue({ ...relationOf(target, {}), type: 'function' })
  })
}

function targetOf(referring: Referring, wanted: Wanted): Node {
  const { lookups } = referring.world
  for (const each of packagesFor(referring, wanted.package)) {
    const found = lookups.refable(wanted.name, each, wanted.version)
    if (found) return found
  }
  const version = wanted.version === null ? '' : ` with version '${wanted.version}'`
  return missing(referring, `node named '${wanted.name}'${version}`, wanted.name)
}

/** Where a name is looked for: the project, the node's own package, anywhere. */
function packagesFor({ world, node }: Referring, named: string | null): readonly (string | undefined)[] {
  if (named !== null) return [named]
  const { name } = world.root
  if (name === node.package_name) return [name, undefined]
  return world.ownPackageFirst ? [node.package_name, name, undefined] : [name, node.package_name, undefined]
}

function missing({ world, node }: Referring, what: string, name: string): never {
  const isOff = world.lookups.disabled(name, undefined).length > 0
  return raise(
    'CompilationError',
    `${titled(node)} depends on a ${what} which ${isOff ? 'is disabled' : 'was not found'}`,
  )
}

function titled({ resource_type: type, unique_id: id, original_file_path: path }: Node): string {
  return `${type.charAt(0).toUpperCase()}${type.slice(1)} '${id}' (${path})`
}

function outOfContext(node: Node, { name, package: of, version }: Wanted): never {
  const names = [...(of === null ? [] : [of]), name].map(each => `'${each}'`)
  const named = version === null ? [] : [`v='${version}'`]
  const call = `{{ ref(${[...names, ...named].join(', ')}) }}`
  return raise(
    'CompilationError',
    `dbt was unable to infer all dependencies for the model "${node.name}". ` +
      'This typically happens when ref() is placed within a conditional block.\n\n' +
      `To fix this, add the following hint to the top of the model "${node.name}":\n\n-- depends_on: ${call}`,
  )
}

function refuseAccess({ world, node }: Referring, target: Node): void {
  const access = (target.config as { access?: string }).access ?? target.access
  if (
    access === 'private' &&
    target.group &&
    target.group !== node.group &&
    node.resource_type !== 'operation'
  )
    raise('DbtReferenceError', forbidden(node, target, `private to the '${String(target.group)}' group`))
  const home = world.packages.get(target.package_name)
  if (access === 'protected' && target.package_name !== node.package_name && home?.restrictAccess === true)
    raise('DbtReferenceError', forbidden(node, target, `protected to the '${target.package_name}' package`))
}

function forbidden(node: Node, target: Node, why: string): string {
  return (
    `Node ${node.unique_id} attempted to reference node ${target.unique_id}, ` +
    `which is not allowed because the referenced node is ${why}.`
  )
}

/** What an ephemeral model is called in the queries that read it. */
export function cteNameOf({ alias, cte_name: own }: Node): string {
  return ephemeralName(typeof own === 'string' ? own : alias)
}

export function isEphemeral({ resource_type: type, config }: Resource): boolean {
  return type === 'model' && config.materialized === 'ephemeral'
}

/** Where a node is read: its own place, or that of the state that is deferred to. */
async function placeOf({ world, stands }: Referring, target: Node): Promise<Node> {
  const other = world.deferred?.relations.get(target.unique_id)
  if (!world.deferred || !other) return target
  if (world.deferred.isPreferred && !world.selected.includes(target.unique_id)) return other
  return (await stands(relationOf(target, world.root.quoting))) ? target : other
}

/** `--empty` and filters by time, as far as they concern what is read. */
function seen({ world, filter }: Referring, target: Resource): Pick<Relation, 'limit' | 'eventTime'> {
  return { limit: world.flags.empty ? 0 : null, eventTime: filter(target) }
}

type Quoting = { readonly [part: string]: boolean }

/** The relation of a node; what its own configuration says of quoting comes before what the project says. */
export function relationOf(node: Node, quoting: Quoting): Relation {
  return relation({
    database: node.database,
    schema: node.schema,
    identifier: node.alias,
    quote: quoteOf({ ...quoting, ...quotingIn(node.config.quoting) }),
  })
}

/** A source's quoting is its own alone. */
export function sourceRelation(source: Resource): Relation {
  const external = externalOf(source)
  return relation({
    database: (source.database as string | null) ?? null,
    schema: String(source.schema),
    identifier: String(source.identifier ?? source.name),
    quote: quoteOf(quotingIn(source.quoting)),
    external,
  })
}

function quoteOf(quoting: Quoting): Parts<boolean> {
  const { database = true, schema = true, identifier = true } = quoting
  return { database, schema, identifier }
}

function quotingIn(value: unknown): Quoting {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return Object.fromEntries(entries.filter(([, each]) => typeof each === 'boolean'))
}

/** dbt-duckdb: a source whose rows lie in files, at a place that its `meta` or `config` describes. */
function externalOf(source: Resource): string | null {
  const meta: { readonly [key: string]: unknown } = {
    ...(source.source_meta as object | undefined),
    ...source.meta,
    ...source.config.meta,
  }
  if (meta.plugin !== undefined)
    raise(
      'CompilationError',
      `The source ${source.name} is read by a plugin of dbt-duckdb, which is a module of Python.`,
    )
  const location = meta.external_location
  if (typeof location !== 'string') return null
  const values: { readonly [key: string]: string } = {
    name: source.name,
    identifier: String(source.identifier ?? source.name),
    schema: String(source.schema),
    database: String(source.database ?? ''),
    source_name: String(source.source_name ?? ''),
    ...Object.fromEntries(Object.entries(meta).map(([key, value]) => [key, String(value)])),
  }
  const filled = fill(location, String(meta.formatter ?? 'newstyle'), values)
  return filled.includes('(') || filled.startsWith("'") ? filled : `'${filled}'`
}

function fill(location: string, formatter: string, values: { readonly [key: string]: string }): string {
  const patterns: { readonly [formatter: string]: RegExp } = {
    newstyle: /\{(\w+)\}/g,
    oldstyle: /%\((\w+)\)s/g,
    template: /\$\{?(\w+)\}?/g,
  }
  const pattern = patterns[formatter]
  if (!pattern)
    return raise(
      'ValueError',
      `Formatter ${formatter} not recognized. Must be one of 'newstyle', 'oldstyle', or 'template'.`,
    )
  return location.replace(pattern, (whole, name: string) => values[name] ?? whole)
}
