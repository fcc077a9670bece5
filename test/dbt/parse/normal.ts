/** Sections of a manifest that come from a project's own files. */
const sections = [
  'nodes',
  'sources',
  'macros',
  'docs',
  'exposures',
  'metrics',
  'groups',
  'semantic_models',
  'saved_queries',
  'unit_tests',
  'functions',
  'disabled',
] as const

type Resource = { readonly [field: string]: unknown }

/** Fields that tell of the run, not of the project; and fields that only stand in memory. */
const left = new Set(['created_at', 'extra_ctes', 'line', 'root_path', 'config_call_dict'])
/** Fields that every resource has in memory, and that dbt writes of some kinds only. */
const inMemory = new Set([
  'refs',
  'sources',
  'metrics',
  'functions',
  'depends_on',
  'tags',
  'meta',
  'contract',
  'language',
  'compiled_path',
])
/** Lists whose order dbt leaves to chance. */
const unordered = new Set(['refs', 'sources', 'macros', 'nodes', 'tags'])

/** A package's part of a manifest, so that dbt's and ours can be held against each other. */
export function normal(manifest: { readonly [section: string]: unknown }, packageName: string): Resource {
  const made: { [section: string]: unknown } = {}
  for (const section of sections) {
    const all = manifest[section]
    const entries = all instanceof Map ? [...all] : Object.entries(all as object)
    made[section] = Object.fromEntries(
      entries
        .map(([id, resource]): [string, unknown] => [id, Array.isArray(resource) ? resource : [resource]])
        .filter(([, all]) => (all as Resource[])[0]?.package_name === packageName)
        .map(([id, resources]) => [id, (resources as Resource[]).map(each => plain(each))])
        .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    )
  }
  return made
}

function plain(resource: Resource): unknown {
  const entries = Object.entries(resource).filter(
    ([field, value]) => !left.has(field) && !isEmpty(field, value),
  )
  return ordered(JSON.parse(JSON.stringify(Object.fromEntries(entries), asDbtWrites)) as unknown)
}

/** What is there in memory alone says nothing. */
function isEmpty(field: string, value: unknown): boolean {
  if (!inMemory.has(field)) return false
  const text = JSON.stringify(value)
  return (
    ['[]', '{}', 'null', '"sql"', '{"macros":[],"nodes":[]}', '{"macros":[]}'].includes(text) ||
    field === 'contract'
  )
}

/** A float is an object in memory; the zone of a date is this machine's. */
function asDbtWrites(field: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value)
  if (typeof value === 'object' && value !== null && value.constructor.name === 'Float')
    return (value as { value: number }).value
  return field === 'deprecation_date' && typeof value === 'string' ? value.slice(0, 10) : value
}

function ordered(tree: unknown, field = ''): unknown {
  if (Array.isArray(tree)) {
    const items = tree.map(item => ordered(item))
    return unordered.has(field)
      ? items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items
  }
  if (typeof tree !== 'object' || tree === null) return tree
  const names = Object.keys(tree).toSorted()
  return Object.fromEntries(names.map(name => [name, ordered((tree as Resource)[name], name)]))
}
