import { failure } from '../../errors/index.ts'
import type { Manifest, Node, Resource, ResourceType } from '../face.ts'

const refable: readonly ResourceType[] = ['model', 'seed', 'snapshot']

/** Resources by the names that files give them. */
export type Lookups = {
  /** The node that properties of this kind tell of. */
  readonly toPatch: (type: ResourceType, name: string, packageName: string) => Node | undefined
  /** A model, seed or snapshot; without a package: of any. */
  readonly refable: (
    name: string,
    packageName: string | undefined,
    version?: string | number | null,
  ) => Node | undefined
  readonly source: (source: string, table: string, packageName: string | undefined) => Resource | undefined
  readonly metric: (name: string, packageName: string | undefined) => Resource | undefined
  readonly functionNode: (name: string, packageName: string | undefined) => Node | undefined
  readonly measure: (name: string, packageName: string | undefined) => Resource | undefined
  /** Those that are switched off. */
  readonly disabled: (
    name: string,
    packageName: string | undefined,
    types?: readonly ResourceType[],
  ) => readonly Resource[]
}

type ByPackage<T> = Map<string, T>

/** Built when the nodes are there; built anew when names have changed. */
export function lookupsOf(manifest: Manifest): Lookups {
  const nodes = index(
    [...manifest.nodes.values()].filter(each => refable.includes(each.resource_type)),
    namesOf,
  )
  const patched = index([...manifest.nodes.values(), ...manifest.functions.values()], each => [
    `${each.resource_type} ${each.name}`,
  ])
  const sources = index(manifest.sources.values(), each => [`${each.source_name}.${each.name}`])
  const metrics = index(manifest.metrics.values(), each => [each.name])
  const functions = index(manifest.functions.values(), each => [each.name])
  const measures = index(manifest.semantic_models.values(), each =>
    ((each.measures ?? []) as { name: string }[]).map(({ name }) => name),
  )
  const off = new Map<string, ByPackage<Resource[]>>()
  for (const each of manifest.disabled.values())
    for (const resource of each) {
      const name = searchName(resource)
      const byPackage = off.get(name) ?? new Map<string, Resource[]>()
      byPackage.set(resource.package_name, [...(byPackage.get(resource.package_name) ?? []), resource])
      off.set(name, byPackage)
    }

  const refableOf: Lookups['refable'] = (name, packageName, version) => {
    const found = all(nodes, version ? `${name}.v${version}` : name, packageName)
    if (found.length > 1)
      throw failure('SLUICE_DBT_AMBIGUOUS', { name, candidates: found.map(each => each.unique_id) })
    return found[0]
  }

  return {
    toPatch: (type, name, packageName) =>
      refable.includes(type)
        ? (refableOf(name, packageName) ?? refableOf(name, undefined))
        : all(patched, `${type} ${name}`, undefined)[0],
    refable: refableOf,
    source: (source, table, packageName) => all(sources, `${source}.${table}`, packageName)[0],
    metric: (name, packageName) => all(metrics, name, packageName)[0],
    functionNode: (name, packageName) => all(functions, name, packageName)[0],
    measure: (name, packageName) => all(measures, name, packageName)[0],
    disabled: (name, packageName, types) => {
      const found = all(off, name, packageName).flat()
      return types === undefined ? found : found.filter(each => types.includes(each.resource_type))
    },
  }
}

function all<T>(
  names: ReadonlyMap<string, ByPackage<T>>,
  name: string,
  packageName: string | undefined,
): readonly T[] {
  const byPackage = names.get(name)
  if (byPackage === undefined) return []
  if (packageName === undefined) return [...byPackage.values()]
  const found = byPackage.get(packageName)
  return found === undefined ? [] : [found]
}

function index<T extends Resource>(
  resources: Iterable<T>,
  names: (each: T) => readonly string[],
): Map<string, ByPackage<T>> {
  const made = new Map<string, ByPackage<T>>()
  for (const each of resources)
    for (const name of names(each)) {
      const byPackage = made.get(name) ?? new Map<string, T>()
      byPackage.set(each.package_name, each)
      made.set(name, byPackage)
    }
  return made
}

/** A version has a name of its own; the latest one has the bare name too. */
function namesOf(node: Node): readonly string[] {
  const { name, version, latest_version: latest } = node
  if (version === null || version === undefined) return [name]
  return version === latest ? [`${name}.v${version}`, name] : [`${name}.v${version}`]
}

function searchName(resource: Resource): string {
  if (resource.resource_type === 'source') return `${resource.source_name}.${resource.name}`
  const { version } = resource
  return version === null || version === undefined ? resource.name : `${resource.name}.v${version}`
}
