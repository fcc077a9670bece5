import { relation, rendered } from '../adapter/relation.ts'
import type { Config, Node, Resource, ResourceType } from '../face.ts'
import { defaultConfig, finishedConfig, mergedConfig } from '../project/config.ts'
import { isObject, type Yaml, YamlDate, type YamlObject } from '../yaml.ts'
import { failure } from '../../errors/index.ts'
import { packageOf, type Parsing } from './parsing.ts'
import type { SourceFile } from './source.ts'

export type NewNode = {
  readonly type: ResourceType
  readonly file: SourceFile
  readonly name: string
  /** Relative, as the manifest shows it; the file's own where it is not said. */
  readonly path?: string
  readonly fqn: readonly string[]
  readonly code: string
  readonly uniqueId?: string
  readonly fields?: { readonly [field: string]: unknown }
}

/** A node as it stands before its code was looked at. */
export function newNode(parsing: Parsing, wanted: NewNode): Node {
  const { type, file, name, fqn, code } = wanted
  const { profile } = parsing
  const isSeed = type === 'seed'
  const node = {
    database: profile.database,
    schema: profile.schema,
    name,
    resource_type: type,
    package_name: file.package.name,
    path: wanted.path ?? file.path,
    original_file_path: file.originalPath,
    unique_id: wanted.uniqueId ?? `${type}.${file.package.name}.${name}`,
    fqn: [...fqn],
    alias: name,
    checksum: { ...file.checksum },
    config: {},
    tags: [],
    description: '',
    columns: {},
    meta: {},
    group: null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: {},
    created_at: parsing.createdAt,
    relation_name: null,
    raw_code: code,
    doc_blocks: [],
    language: file.originalPath.endsWith('.py') ? 'python' : 'sql',
    refs: [],
    sources: [],
    metrics: [],
    functions: [],
    depends_on: { macros: [], nodes: [] },
    compiled_path: null,
    extra_ctes: [],
    contract: { enforced: false, alias_types: true, checksum: null },
    ...(isSeed && { root_path: file.package.root, raw_code: '' }),
    ...(type === 'model' && modelFields()),
    ...wanted.fields,
  } as unknown as Node
  node.config = finishedConfig(type, said(type, configOf(parsing, node, {})))
  return node
}

function modelFields(): object {
  return {
    access: 'protected',
    constraints: [],
    version: null,
    latest_version: null,
    deprecation_date: null,
    primary_key: [],
    time_spine: null,
  }
}

type Configured = Pick<Resource, 'resource_type' | 'package_name' | 'fqn'>

/**
 * How a resource is configured: defaults, its package's tree, its properties, its own calls; a package's
 * resource obeys the root's tree in the end.
 */
export function configOf(
  parsing: Parsing,
  of: Configured,
  more: { patch?: YamlObject; calls?: YamlObject },
): YamlObject {
  const { resource_type: type, fqn } = of
  const own = packageOf(parsing, of.package_name)
  let config = defaultConfig(type)
  for (const level of own.configs(type)(fqn)) config = mergedConfig(config, level)
  if (more.patch) config = mergedConfig(config, more.patch)
  if (more.calls) config = mergedConfig(config, more.calls)
  if (own !== parsing.root)
    for (const level of parsing.root.configs(type)(fqn)) config = mergedConfig(config, level)
  return config
}

/** The same as it was written, by which states are compared. */
export function unrenderedConfigOf(
  parsing: Parsing,
  of: Configured,
  more: { patch?: YamlObject; calls?: YamlObject },
): YamlObject {
  const own = packageOf(parsing, of.package_name)
  const written: YamlObject = {}
  for (const level of own.unrenderedConfigs(of.resource_type)(of.fqn)) Object.assign(written, level)
  Object.assign(written, more.patch, more.calls)
  if (own !== parsing.root)
    for (const level of parsing.root.unrenderedConfigs(of.resource_type)(of.fqn))
      Object.assign(written, level)
  for (const [name, value] of Object.entries(written))
    if (value instanceof YamlDate) written[name] = value.iso
  return written
}

/** What was said: null says nothing of an option that dbt knows. */
function said(type: ResourceType, config: YamlObject): YamlObject {
  const known = defaultConfig(type)
  return Object.fromEntries(
    Object.entries(config).filter(([name, value]) => value !== null || !(name in known)),
  )
}

export type ConfigSources = { readonly patch?: YamlObject; readonly unrenderedPatch?: YamlObject | undefined }

/** Configure a node anew from all that is known of it by now, and name its place in the database. */
export function configure(parsing: Parsing, node: Node, sources: ConfigSources = {}): void {
  const calls = parsing.calls.get(node) ?? {}
  const isPython = node.resource_type === 'model' && node.language === 'python'
  const patch = isPython ? { materialized: 'table', ...sources.patch } : (sources.patch ?? {})
  const type = node.resource_type
  const config = said(type, configOf(parsing, node, { patch, calls }))
  copyToNode(node, config)
  const written = parsing.behaviour.moreUnrenderedValues ? { ...patch, ...sources.unrenderedPatch } : patch
  node.unrendered_config = unrenderedConfigOf(parsing, node, {
    patch: written,
    calls,
  }) as Resource['unrendered_config']
  const trimmed = Object.fromEntries(Object.entries(config).map(([name, value]) => [name.trim(), value]))
  // What was derived from an earlier word on failures must not outweigh a later one.
  const { store_failures_as: _, ...before } = said(type, node.config as YamlObject)
  node.config = whole(type, { ...before, ...trimmed })
  place(parsing, node, config)
  captureHooks(parsing, node)
}

/** Every option in dbt's order, those nobody set as null. */
function whole(type: ResourceType, config: YamlObject): Config {
  const finished = finishedConfig(type, config)
  const empty = Object.fromEntries(Object.keys(defaultConfig(type)).map(name => [name, null]))
  return { ...empty, ...finished }
}

/** Some options are seen at the node itself, where they once lived. */
function copyToNode(node: Node, config: YamlObject): void {
  for (const tag of (config.tags ?? []) as string[]) if (!node.tags.includes(tag)) node.tags.push(tag)
  if (isObject(config.meta) && Object.keys(config.meta).length > 0)
    node.meta = config.meta as Resource['meta']
  if (config.group) node.group = config.group
  if (node.resource_type === 'model' && config.access) {
    if (!accesses.has(String(config.access)))
      throw failure('SLUICE_DBT_ACCESS', { node: node.unique_id, access: String(config.access) })
    node.access = config.access
  }
  const docs = config.docs
  if (isObject(docs)) {
    const { show } = node.docs as { show: boolean }
    node.docs = { show: docs.show ?? show, node_color: docs.node_color ?? null }
  }
  if (isObject(config.contract) && 'contract' in node)
    node.contract = { enforced: false, alias_types: true, checksum: null, ...config.contract }
}

const accesses = new Set(['private', 'protected', 'public'])

/** Database, schema and name, by the macros that a project may override. */
function place(parsing: Parsing, node: Node, config: YamlObject): void {
  const { templates } = parsing
  const text = (value: Yaml | undefined): string | null =>
    value === undefined || value === null ? null : String(value)
  node.database = templates.name('database', node, text(config.database))
  node.schema = templates.name('schema', node, text(config.schema)) as string
  node.alias = templates.name('alias', node, text(config.alias)) as string
  if (node.resource_type === 'snapshot') {
    if (config.target_database) node.database = String(config.target_database)
    if (config.target_schema) node.schema = String(config.target_schema)
  }
  node.relation_name = isRelation(parsing, node) ? relationName(parsing, node) : null
}

function isRelation({ flags }: Parsing, node: Node): boolean {
  switch (node.resource_type) {
    case 'model':
      return node.config.materialized !== 'ephemeral'
    case 'seed':
    case 'snapshot':
      return true
    case 'test':
      return (node.config.store_failures ?? flags.storeFailures) === true
    default:
      return false
  }
}

/** How the node's table is written in SQL. */
export function relationName({ root }: Parsing, node: Node): string {
  const own = (node.config.quoting ?? {}) as { readonly [part: string]: boolean }
  const quoting: { readonly [part: string]: boolean } = { ...root.quoting, ...own }
  const { database = true, schema = true, identifier = true } = quoting
  const parts = { database: node.database, schema: node.schema, identifier: node.alias }
  return rendered(relation({ ...parts, quote: { database, schema, identifier } }))
}

/** Hooks read tables as the node itself does. */
function captureHooks(parsing: Parsing, node: Node): void {
  if (node.resource_type === 'test') return
  for (const kind of ['pre-hook', 'post-hook'] as const)
    for (const hook of (node.config[kind] ?? []) as unknown as { sql: string }[])
      parsing.templates.capture(node, hook.sql, { isHook: true })
}

/**
 * Put a node where it belongs: a second one of the same name is an error, one that is not enabled stands
 * aside.
 */
export function addNode(parsing: Parsing, node: Node): void {
  const { manifest } = parsing
  if (node.config.enabled === false) return addDisabled(parsing, node)
  const other = manifest.nodes.get(node.unique_id)
  if (other !== undefined) throw twice(node, other)
  manifest.nodes.set(node.unique_id, node)
}

export function addDisabled({ manifest }: Parsing, node: Resource): void {
  const known = manifest.disabled.get(node.unique_id)
  if (known === undefined) manifest.disabled.set(node.unique_id, [node])
  else known.push(node)
}

export function twice(node: Resource, other: Resource): Error {
  return failure('SLUICE_DBT_TWICE', {
    type: node.resource_type,
    name: node.name,
    first: other.original_file_path,
    second: node.original_file_path,
  })
}
