import type { ColumnFacts, Node, ResourceType } from '../../face.ts'
import { textsOf } from '../../project/tree.ts'
import { isObject, type Yaml, YamlDate, type YamlObject } from '../../yaml.ts'
import { addGenericTest, type Tested } from '../generic-test.ts'
import { configure } from '../node.ts'
import { type Parsing, warn } from '../parsing.ts'
import type { Lookups } from '../lookups.ts'
import { referenceIn } from '../reference.ts'
import { type Column, columnsOf, constraintsOf } from './columns.ts'
import { contractChecksum } from './contract.ts'
import { type Entry, intoConfig, invalidEntry, testsOf } from './entries.ts'

const types: { readonly [list: string]: ResourceType } = {
  models: 'model',
  seeds: 'seed',
  snapshots: 'snapshot',
  analyses: 'analysis',
  functions: 'function',
}

/** What properties say of one node, in the form that it is put down. */
export type Patch = {
  readonly entry: Entry
  readonly name: string
  readonly description: string
  readonly columns: ReadonlyMap<string, Column>
  readonly config: YamlObject
  readonly unrendered: YamlObject | undefined
  readonly access?: Yaml | undefined
  readonly constraints: Yaml | undefined
  readonly version?: Yaml
  readonly latestVersion?: Yaml
  readonly deprecationDate?: Yaml | undefined
  readonly timeSpine?: Yaml | undefined
}

/** Names that may stand beside `config` and belong into it. */
export const movable = ['meta', 'docs', 'group', 'contract', 'access']

export function patchOf(entry: Entry): Patch {
  const { said, written } = entry
  const fail = (words: string) => invalidEntry(entry, words)
  const { description = '' } = said
  if (description !== null && typeof description !== 'string')
    throw invalidEntry(entry, '`description` must be a text.', 'description')
  return {
    entry,
    name: String(said.name),
    description: description ?? '',
    columns: columnsOf(said.columns, fail),
    config: intoConfig(entry, movable),
    unrendered: isObject(written.config) ? written.config : undefined,
    constraints: said.constraints,
    deprecationDate: said.deprecation_date,
    timeSpine: said.time_spine,
  }
}

/** Put properties down at the node they name, and make the tests that they ask for. */
export function parsePatch(parsing: Parsing, lookups: Lookups, entry: Entry): void {
  const patch = patchOf(entry)
  const node = patchedNode(parsing, lookups, patch)
  const list = entry.at.list
  // Tests of what is not there are made all the same: that they are asked in vain is told when they are
  // resolved.
  if (list !== 'analyses' && list !== 'functions') addTests(parsing, patch, { attached: node })
}

/** The node itself; several where all that have the name are switched off. */
function patchedNode(parsing: Parsing, lookups: Lookups, patch: Patch): Node | undefined {
  const { entry, name } = patch
  const { file, list } = entry.at
  const type = types[list] as ResourceType
  const found = lookups.toPatch(type, name, file.package.name)
  if (found !== undefined && found.resource_type !== type) {
    warn(parsing, `\`${name}\` is a ${found.resource_type}, and \`${list}\` tells of it.`, file.originalPath)
    return undefined
  }
  const nodes = found ? [found] : lookups.disabled(name, file.package.name, [type])
  if (nodes.length === 0) {
    const words = `There is no ${type} \`${name}\` of which \`${list}\` tells.`
    warn(parsing, words, file.originalPath)
    return undefined
  }
  if (nodes.length > 1 && patch.config.enabled === true)
    throw invalidEntry(
      entry,
      `Several resources called \`${name}\` are switched off: it is not clear which one to switch on.`,
    )
  for (const node of nodes as Node[]) applyPatch(parsing, node, patch)
  return nodes[0] as Node
}

/** The file in which properties of a node stand, as the manifest names it. */
export function patchPath({ at: { file } }: Entry): string {
  return `${file.package.name}://${file.originalPath}`
}

function applyPatch(parsing: Parsing, node: Node, patch: Patch): void {
  if (node.patch_path !== null)
    throw invalidEntry(
      patch.entry,
      `The properties of \`${patch.name}\` stand in ${node.patch_path} as well.`,
    )
  if (Object.keys(patch.config).length > 0)
    configure(parsing, node, { patch: patch.config, unrenderedPatch: patch.unrendered })
  describe(node, patch)
  if (node.resource_type === 'model') modelProperties(node, patch)
  if (node.resource_type === 'function') functionProperties(node, patch)
}

/** What the node is told to be, apart from how it is configured. */
export function describe(node: Node, { entry, name, description, columns }: Patch): void {
  node.patch_path = patchPath(entry)
  node.description = description
  node.columns = Object.fromEntries([...columns].map(([column, { facts }]) => [column, { ...facts }]))
  node.name = name
}

export function modelProperties(node: Node, patch: Patch): void {
  if (patch.version !== undefined) {
    node.version = patch.version
    node.latest_version = patch.latestVersion
  }
  if (patch.access) node.access = patch.access
  node.deprecation_date = dateTime(patch.deprecationDate)
  node.time_spine = timeSpine(patch.timeSpine)
  const fail = (words: string) => invalidEntry(patch.entry, words)
  const constraints = constraintsOf(patch.constraints, 'model', fail)
  primaryKeysAreSaidOnce(node, constraints, fail)
  node.constraints = constraints
  const columns = Object.values(node.columns)
  if (isEnforced(node) && columns.length === 0) throw fail('A contract is enforced, and no column is named.')
  for (const constraint of [...constraints, ...columns.flatMap(each => each.constraints)])
    foreignKey(node, constraint)
  if (isEnforced(node)) node.contract = { ...(node.contract as object), checksum: contractChecksum(node) }
}

function isEnforced(node: Node): boolean {
  return (node.contract as { enforced: boolean }).enforced === true
}

/** A foreign key names its table as a model does, and reads it. */
function foreignKey(node: Node, { type, to }: ColumnFacts['constraints'][number]): void {
  if (type !== 'foreign_key' || typeof to !== 'string') return
  const found = referenceIn(to, node.original_file_path)
  if ('ref' in found) node.refs.push(found.ref)
  else node.sources.push(found.source)
}

function primaryKeysAreSaidOnce(
  node: Node,
  constraints: ColumnFacts['constraints'],
  fail: (words: string) => Error,
): void {
  const isKey = ({ type }: ColumnFacts['constraints'][number]): boolean => type === 'primary_key'
  const columns = Object.values(node.columns).filter(column => column.constraints.some(isKey))
  if (columns.length > 1)
    throw fail('A primary key of several columns is said at the model, not at its columns.')
  if (columns.length > 0 && constraints.some(isKey))
    throw fail('The primary key is said at the model and at a column.')
}

function timeSpine(said: Yaml | undefined): unknown {
  if (!isObject(said)) return null
  const granularities = Array.isArray(said.custom_granularities) ? said.custom_granularities : []
  return {
    standard_granularity_column: said.standard_granularity_column ?? null,
    custom_granularities: granularities.filter(isObject).map(each => ({
      name: each.name ?? null,
      column_name: each.column_name ?? null,
    })),
  }
}

function functionProperties(node: Node, { entry: { said } }: Patch): void {
  const given = Array.isArray(said.arguments) ? said.arguments.filter(isObject) : []
  node.arguments = given.map(each => ({
    name: each.name ?? null,
    data_type: each.data_type ?? null,
    description: each.description ?? null,
    default_value: each.default_value ?? null,
  }))
  const returns = isObject(said.returns) ? said.returns : {}
  node.returns = { data_type: returns.data_type ?? null, description: returns.description ?? null }
}

/** A day is the beginning of it, in the zone of this machine. */
function dateTime(said: Yaml | undefined): string | null {
  if (said === undefined || said === null) return null
  const iso = said instanceof YamlDate ? said.iso : String(said)
  if (/[+-]\d\d:\d\d$/.test(iso)) return iso
  const local = iso.includes('T') ? iso : `${iso}T00:00:00`
  const minutes = -new Date(local).getTimezoneOffset()
  const sign = minutes < 0 ? '-' : '+'
  const two = (part: number): string => String(Math.floor(Math.abs(part))).padStart(2, '0')
  return `${local}${sign}${two(minutes / 60)}:${two(minutes % 60)}`
}

export type TestsOn = {
  readonly attached: Node | undefined
  readonly version?: Yaml
  /** Instead of those at the entry. */
  readonly tests?: readonly Yaml[] | undefined
}

/** The tests of an entry: those of its columns, then its own. */
export function addTests(parsing: Parsing, patch: Patch, on: TestsOn): void {
  const { entry, name, columns } = patch
  const { file, list } = entry.at
  const { quote_columns: quoteColumns } = entry.said
  const fail = (words: string) => invalidEntry(entry, words)
  const tested: Tested = { file, list, name, attached: on.attached, version: on.version }
  for (const column of columns.values())
    for (const test of testsOf(column.said, fail)) {
      const { name: bare } = column.facts
      const isQuoted = column.quote ?? quoteColumns === true
      const tags = [...new Set([...textsOf(column.said.tags), ...configTags(column)])]
      addGenericTest(parsing, { ...tested, column: { name: isQuoted ? `"${bare}"` : bare, tags } }, test)
    }
  for (const test of on.tests ?? testsOf(entry.said, fail)) addGenericTest(parsing, tested, test)
}

export function configTags({ said }: Column): readonly string[] {
  return isObject(said.config) ? textsOf(said.config.tags) : []
}
