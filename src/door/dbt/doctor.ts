import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  materializationMacro,
  type Node,
  type Parsed,
  type Problem,
  type Resource,
  unsupportedIn,
} from '../../dbt/index.ts'
import { Failure } from '../../errors/index.ts'
import type { Opened } from './opened.ts'
import { checkPython } from './python.ts'

/**
 * What of a project cannot be carried out, or is done in another way than dbt does it, before anything
 * runs.
 */
export async function examined(rooms: Opened): Promise<readonly Problem[]> {
  const parsed = rooms.looked()
  const { manifest, profile, problems } = parsed
  const place = placing(rooms, parsed)
  const nodes = [...manifest.nodes.values()]
  return [
    ...problems,
    ...unsupportedIn(profile).map(
      ([key, why]): Problem => ({
        severity: 'error',
        words: `\`${key}\` of the target \`${profile.targetName}\` is not supported: ${why}.`,
        path: 'profiles.yml',
      }),
    ),
    ...nodes.flatMap(node => withoutMaterialization(parsed, node, place)),
    ...[...manifest.sources.values()].flatMap(source => pluginOf(source, place)),
    ...nodes.flatMap(node => pluginOf(node, place)),
    ...(await pythonProblems(rooms, parsed, place)),
    ...[...manifest.saved_queries.values()].flatMap(query => exportsOf(query, place)),
  ]
}

type Place = (of: Resource, pattern: RegExp) => Pick<Problem, 'path' | 'line' | 'node'>

/** The file of a resource, and the line in it that is meant, if it can be found. */
function placing({ root }: Opened, { packages }: Parsed): Place {
  return ({ package_name: name, original_file_path: path, unique_id: node }, pattern) => {
    const folder = packages.all.get(name)?.root ?? root
    const lines = textAt(join(folder, path)).split('\n')
    const at = lines.findIndex(line => pattern.test(line))
    return { path, node, ...(at >= 0 && { line: at + 1 }) }
  }
}

function textAt(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The finding stands without a line.
    return ''
  }
}

function withoutMaterialization(
  { manifest, project, packages }: Parsed,
  node: Node,
  place: Place,
): Problem[] {
  const { resource_type: type, config } = node
  const name = config.materialized
  if (!['model', 'snapshot', 'seed'].includes(type) || name === undefined || name === 'ephemeral') return []
  const wish = { name, rootName: project.name, adapterTypes: ['duckdb'], builtins: packages.builtins }
  if (materializationMacro(manifest.macros, wish)) return []
  const words = `\`${node.unique_id}\` is materialized as \`${name}\`, for which there is no macro.`
  return [{ severity: 'error', words, ...place(node, /materialized/) }]
}

/** dbt-duckdb's plugins are modules of Python in its own process. */
function pluginOf(of: Resource, place: Place): Problem[] {
  const { plugin } = { ...of.meta, ...of.config.meta, ...of.config }
  if (typeof plugin !== 'string') return []
  const what = 'a plugin of dbt-duckdb, which is a module of Python'
  const words = `\`${of.unique_id}\` goes through \`${plugin}\`, ${what}.`
  return [{ severity: 'error', words, ...place(of, /plugin/) }]
}

async function pythonProblems(rooms: Opened, { manifest }: Parsed, place: Place): Promise<Problem[]> {
  const models = [...manifest.nodes.values()].filter(({ language }) => language === 'python')
  try {
    await checkPython(
      rooms,
      manifest,
      models.map(({ unique_id: id }) => id),
    )
    return []
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    return models.map(model => ({ severity: 'error', words: thrown.title, ...place(model, /def model/) }))
  }
}

/** Saved queries are parsed, and nothing writes what they export. */
function exportsOf(query: Resource, place: Place): Problem[] {
  const { exports } = query as { readonly exports?: unknown }
  if (!Array.isArray(exports) || exports.length === 0) return []
  const words = `The exports of \`${query.unique_id}\` are not written.`
  return [{ severity: 'warning', words, ...place(query, /exports/) }]
}
