import { Float } from '../../../jinja/index.ts'
import type { Node } from '../../face.ts'
import { isObject, type Yaml, type YamlObject } from '../../yaml.ts'
import type { Lookups } from '../lookups.ts'
import { configure } from '../node.ts'
import { type Parsing, warn } from '../parsing.ts'
import { type Column, columnOf } from './columns.ts'
import { type Entry, invalidEntry, testsOf } from './entries.ts'
import { addTests, describe, modelProperties, parsePatch, type Patch, patchOf } from './patch.ts'

/**
 * The properties of a model. One with versions becomes a node of each, and tells which names have changed by
 * that.
 */
export function parseModelPatch(
  parsing: Parsing,
  lookups: Lookups,
  entry: Entry,
): { readonly renamed: boolean } {
  const versions = entry.said.versions
  if (!Array.isArray(versions) || versions.length === 0) {
    parsePatch(parsing, lookups, entry)
    return { renamed: false }
  }
  const all = versions.map(each => versionOf(entry, each))
  const latest = entry.said.latest_version ?? all.reduce(later).v
  checkVersions(entry, all, latest)
  const patch = patchOf(entry)
  for (const version of all) parseVersion(parsing, lookups, { patch, version, latest })
  return { renamed: true }
}

type Version = { readonly v: Yaml; readonly said: YamlObject; readonly name: string }

function versionOf(entry: Entry, said: Yaml): Version {
  if (!isObject(said) || said.v === undefined || said.v === null)
    throw invalidEntry(entry, 'A version has no `v`.', 'versions')
  return { v: said.v, said, name: `v${printed(said.v)}` }
}

function printed(v: Yaml): string {
  return v instanceof Float ? String(v.value) : String(v)
}

function later(a: Version, b: Version): Version {
  const [x, y] = [a, b].map(({ v }) => Number(printed(v))) as [number, number]
  if (Number.isNaN(x) || Number.isNaN(y)) return printed(a.v) < printed(b.v) ? b : a
  return x < y ? b : a
}

function checkVersions(entry: Entry, all: readonly Version[], latest: Yaml): void {
  const names = all.map(({ name }) => name)
  const twice = names.find((name, place) => names.indexOf(name) !== place)
  if (twice !== undefined) throw invalidEntry(entry, `Version \`${twice}\` is named twice.`, 'versions')
  if (!names.includes(`v${printed(latest)}`))
    throw invalidEntry(
      entry,
      `\`latest_version\` is ${printed(latest)}, which is none of ${names.join(', ')}.`,
    )
}

type VersionPatch = { readonly patch: Patch; readonly version: Version; readonly latest: Yaml }

function parseVersion(parsing: Parsing, lookups: Lookups, { patch, version, latest }: VersionPatch): void {
  const { entry, name } = patch
  const { file } = entry.at
  const written =
    typeof version.said.defined_in === 'string' ? version.said.defined_in : `${name}_${version.name}`
  const isLatest = printed(version.v) === printed(latest)
  const packageName = file.package.name
  const found =
    lookups.refable(written, packageName) ?? (isLatest ? lookups.refable(name, packageName) : undefined)
  const node = found ?? (lookups.disabled(written, undefined, ['model'])[0] as Node | undefined)
  if (node === undefined) {
    warn(parsing, `There is no model \`${written}\` of which \`models\` tells.`, file.originalPath)
    return
  }
  rename(parsing, node, { name, version, packageName })
  const own = versionPatch(patch, version, latest)
  describe(node, own)
  modelProperties(node, own)
  configure(parsing, node, { patch: own.config, unrenderedPatch: own.unrendered })
  modelProperties(node, own)
  const fail = (words: string) => invalidEntry(entry, words)
  const tests =
    'tests' in version.said || 'data_tests' in version.said ? testsOf(version.said, fail) : undefined
  addTests(parsing, own, { attached: node, version: version.v, tests })
}

function rename(
  { manifest }: Parsing,
  node: Node,
  to: { readonly name: string; readonly version: Version; readonly packageName: string },
): void {
  const place = manifest.nodes.has(node.unique_id) ? 'nodes' : 'disabled'
  manifest[place].delete(node.unique_id)
  node.unique_id = `model.${to.packageName}.${to.name}.${to.version.name}`
  node.fqn = [...node.fqn.slice(0, -1), to.name, to.version.name]
  if (place === 'nodes') manifest.nodes.set(node.unique_id, node)
  else manifest.disabled.set(node.unique_id, [node])
}

/** What is said of all versions, and what this one says itself. */
function versionPatch(patch: Patch, { v, said }: Version, latest: Yaml): Patch {
  const { description, config, access, constraints } = said
  return {
    ...patch,
    description: typeof description === 'string' && description !== '' ? description : patch.description,
    columns: versionColumns(patch, said),
    config: isObject(config) ? (merged(patch.config, config) as YamlObject) : patch.config,
    access: access ?? patch.entry.said.access,
    constraints: Array.isArray(constraints) && constraints.length > 0 ? constraints : patch.constraints,
    deprecationDate: said.deprecation_date,
    version: v instanceof Float ? v.value : v,
    latestVersion: latest instanceof Float ? latest.value : latest,
    timeSpine: undefined,
  }
}

/** `columns` of a version: which of the model's it has, and its own. */
function versionColumns({ entry, columns }: Patch, said: YamlObject): Map<string, Column> {
  const written = Array.isArray(said.columns) ? said.columns.filter(isObject) : []
  const choice = written.find(each => 'include' in each || 'exclude' in each)
  const { include = '*', exclude = [] } = choice ?? {}
  const has = (name: string): boolean =>
    (include === '*' || include === 'all' || (Array.isArray(include) && include.includes(name))) &&
    !(Array.isArray(exclude) && exclude.includes(name))
  const own = new Map([...columns].filter(([name]) => has(name)))
  for (const each of written)
    if (each !== choice) {
      const column = columnOf(each, words => invalidEntry(entry, words))
      own.set(column.facts.name, column)
    }
  return own
}

/** Mappings are merged to their depths; what the second says wins. */
function merged(first: Yaml, second: Yaml): Yaml {
  if (!isObject(first) || !isObject(second)) return second
  const made = { ...first }
  for (const [name, value] of Object.entries(second))
    made[name] = name in made ? merged(made[name] as Yaml, value) : value
  return made
}
