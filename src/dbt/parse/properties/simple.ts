import type { Node, Resource } from '../../face.ts'
import { finishedConfig } from '../../project/config.ts'
import { textsOf } from '../../project/tree.ts'
import { isObject, type Yaml, type YamlObject } from '../../yaml.ts'
import { addDisabled, configOf, configure, newNode, addNode, twice, unrenderedConfigOf } from '../node.ts'
import { packageOf, type Parsing, warn } from '../parsing.ts'
import { referenceIn } from '../reference.ts'
import { fqnPrefix } from '../source.ts'
import { type Entry, intoConfig, invalidEntry } from './entries.ts'
import { movable, patchPath } from './patch.ts'

/** Add a resource that only properties make: an exposure, a metric, a group. */
export function addResource(
  parsing: Parsing,
  to: 'exposures' | 'metrics' | 'semantic_models' | 'saved_queries' | 'unit_tests' | 'groups',
  resource: Resource,
): void {
  if (resource.config?.enabled === false) return addDisabled(parsing, resource)
  const other = parsing.manifest[to].get(resource.unique_id)
  if (other !== undefined) throw twice(resource, other)
  parsing.manifest[to].set(resource.unique_id, resource)
}

/** The fields of a resource that stands in a file of properties. */
export function resourceBegin(entry: Entry, type: Resource['resource_type'], more: readonly string[] = []) {
  const { file } = entry.at
  const name = String(entry.said.name)
  return {
    name,
    resource_type: type,
    package_name: file.package.name,
    path: file.path,
    original_file_path: file.originalPath,
    unique_id: [type, file.package.name, ...more, name].join('.'),
    fqn: [...fqnPrefix(file.package.name, file.path), ...more, name],
  }
}

export type Configured = { readonly config: YamlObject; readonly unrendered_config: YamlObject }

/** How such a resource is configured. */
export function configured(
  parsing: Parsing,
  of: Pick<Resource, 'resource_type' | 'package_name' | 'fqn'>,
  said: Yaml | undefined,
): Configured {
  const patch = isObject(said) ? said : {}
  return {
    config: finishedConfig(of.resource_type, configOf(parsing, of, { patch })) as YamlObject,
    unrendered_config: unrenderedConfigOf(parsing, of, { patch }),
  }
}

export function textOr<T>(said: Yaml | undefined, otherwise: T): string | T {
  return said === undefined || said === null ? otherwise : String(said)
}

/** What outside of the project reads its tables. */
export function parseExposure(parsing: Parsing, entry: Entry): void {
  const { said } = entry
  const begin = resourceBegin(entry, 'exposure')
  const { config, unrendered_config } = configured(parsing, begin, said.config)
  const project = packageOf(parsing, begin.package_name).rendered.exposures
  const outer = isObject(project) ? project : {}
  const owner = said.owner
  if (!isObject(owner) || (owner.name === undefined && owner.email === undefined))
    throw invalidEntry(entry, 'An exposure has an `owner` with a `name` or an `email`.', 'owner')
  const tags = [...new Set([...textsOf(outer.tags), ...textsOf(said.tags), ...textsOf(config.tags)])].sort()
  const meta = {
    ...(isObject(outer.meta) && outer.meta),
    ...(isObject(said.meta) && said.meta),
    ...(config.meta as object),
  }
  const exposure = {
    ...begin,
    type: said.type ?? null,
    owner: { email: null, name: null, ...owner },
    description: textOr(said.description, ''),
    label: said.label ?? null,
    maturity: said.maturity ?? null,
    meta,
    tags,
    config: { ...config, tags, meta },
    unrendered_config,
    url: said.url ?? null,
    depends_on: { macros: [], nodes: [] },
    refs: [],
    sources: [],
    metrics: [],
    created_at: parsing.createdAt,
  } as unknown as Resource
  const lines = textsOf(said.depends_on).map(line => `{{ ${line} }}`)
  parsing.templates.capture(exposure as Node, lines.join('\n'), { only: ['ref', 'source', 'metric'] })
  addResource(parsing, 'exposures', exposure)
}

/** Who owns models, and who may read them. */
export function parseGroup(parsing: Parsing, entry: Entry): void {
  const { said } = entry
  const { fqn, ...begin } = resourceBegin(entry, 'group')
  const owner = said.owner
  if (!isObject(owner) || (owner.name === undefined && owner.email === undefined))
    throw invalidEntry(entry, 'A group has an `owner` with a `name` or an `email`.', 'owner')
  const group = {
    ...begin,
    owner: { email: null, name: null, ...owner },
    description: said.description ?? null,
    config: configured(parsing, { ...begin, fqn }, said.config).config,
  } as unknown as Resource
  addResource(parsing, 'groups', group)
}

/** What is said of a macro: its arguments and what it is for. */
export function parseMacroPatch(parsing: Parsing, entry: Entry): void {
  const { said } = entry
  const { file } = entry.at
  const macro = parsing.manifest.macros.get(`macro.${file.package.name}.${String(said.name)}`)
  if (macro === undefined) {
    warn(parsing, `There is no macro \`${String(said.name)}\` of which \`macros\` tells.`, file.originalPath)
    return
  }
  if (macro.patch_path !== null)
    throw invalidEntry(
      entry,
      `The properties of macro \`${macro.name}\` stand in ${String(macro.patch_path)} as well.`,
    )
  const config: YamlObject = isObject(said.config) ? said.config : {}
  const meta = { ...(isObject(said.meta) && said.meta), ...(isObject(config.meta) && config.meta) }
  const docs = { show: true, node_color: null, ...((config.docs ?? said.docs ?? {}) as object) }
  macro.patch_path = patchPath(entry)
  macro.description = textOr(said.description, '')
  macro.meta = meta as typeof macro.meta
  macro.docs = docs
  macro.config = { meta, docs }
  const written = (Array.isArray(said.arguments) ? said.arguments : []).filter(isObject).map(each => ({
    name: String(each.name),
    type: textOr(each.type, null),
    description: textOr(each.description, ''),
  }))
  if (written.length > 0 || !parsing.behaviour.macroArguments) macro.arguments = written
}

/** What is said of a test that is a query of its own. */
export function parseSingularTestPatch(parsing: Parsing, entry: Entry): void {
  const { said } = entry
  const { file } = entry.at
  const node = parsing.manifest.nodes.get(`test.${file.package.name}.${String(said.name)}`)
  if (node === undefined) {
    warn(
      parsing,
      `There is no test \`${String(said.name)}\` of which \`data_tests\` tells.`,
      file.originalPath,
    )
    return
  }
  const config = intoConfig(entry, movable)
  if (Object.keys(config).length > 0) configure(parsing, node, { patch: config })
  node.patch_path = patchPath(entry)
  node.description = textOr(said.description, '')
}

/** A snapshot that is written as properties: of what table, and how. */
export function parseYamlSnapshot(parsing: Parsing, entry: Entry): void {
  const { written, at } = entry
  const { relation } = written
  if (relation === undefined) return
  const { file } = at
  const name = String(written.name)
  const node = newNode(parsing, {
    type: 'snapshot',
    file,
    name,
    path: `${file.path}/${name}.sql`,
    fqn: [...fqnPrefix(file.package.name, file.path), name],
    code: `select * from {{ ${String(relation)} }}`,
  })
  const found = referenceIn(String(relation), file.originalPath)
  if ('ref' in found) node.refs.push(found.ref)
  else node.sources.push(found.source)
  addNode(parsing, node)
}
