import type { DbtResource } from '../../door/index.ts'
import type { Acting } from './act.ts'

/** `list`: what is selected, one a line. */
export async function list({ project, out }: Acting): Promise<number> {
  const resources = await project.list()
  const { settings } = project
  const output = settings.text('output') ?? 'selector'
  const keys = settings.texts('output-keys')
  if (out.isJson) out.json(resources.map(resource => factsOf(resource, keys)))
  else if (resources.length > 0) out.answer(resources.map(resource => lineOf(resource, output, keys)))
  return 0
}

function lineOf(resource: DbtResource, output: string, keys: readonly string[]): string {
  if (output === 'json') return JSON.stringify(factsOf(resource, keys))
  if (output === 'path') return resource.original_file_path
  return output === 'name' ? searchName(resource) : selectorOf(resource)
}

/** Kinds that are selected by a method of their own. */
const methods = new Set(['exposure', 'metric', 'saved_query', 'semantic_model'])

function selectorOf(resource: DbtResource): string {
  const { resource_type: type, package_name: own, name, fqn } = resource
  if (type === 'source') return `source:${own}.${String(resource.source_name)}.${name}`
  if (methods.has(type)) return `${type}:${own}.${name}`
  if (type === 'unit_test') return `unit_test:${own}.${searchName(resource)}`
  return fqn.join('.')
}

function searchName({ resource_type: type, name, source_name: source, version }: DbtResource): string {
  if (type === 'source') return `${String(source)}.${name}`
  const isVersioned = (type === 'model' || type === 'unit_test') && version !== null && version !== undefined
  const separator = type === 'unit_test' ? '_v' : '.v'
  return isVersioned ? `${name}${separator}${String(version)}` : name
}

const shownKeys = [
  'alias',
  'name',
  'package_name',
  'depends_on',
  'tags',
  'config',
  'resource_type',
  'source_name',
  'original_file_path',
  'unique_id',
]

function factsOf(resource: DbtResource, keys: readonly string[]): { [key: string]: unknown } {
  const facts: { [key: string]: unknown } = {}
  if (keys.length === 0) {
    for (const [key, value] of Object.entries(resource)) if (shownKeys.includes(key)) facts[key] = value
    return facts
  }
  for (const key of keys) {
    const value = key.includes('.') ? nested(resource, key) : resource[key]
    if (value !== undefined && !(key.includes('.') && value === null)) facts[key] = value
  }
  return facts
}

function nested(resource: DbtResource, path: string): unknown {
  let value: unknown = resource
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as { readonly [key: string]: unknown })[key]
  }
  return value
}
