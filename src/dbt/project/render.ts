import { type Yaml, YamlDate } from '../yaml.ts'
import { type Keys, mapTree } from './tree.ts'

/**
 * Renders one text of a YAML file: what is a single expression keeps its type. `keys` say where it stands,
 * for errors.
 */
export type Render = (text: string, keys: Keys) => Yaml

/** A tree with its texts rendered, but for those that are to be rendered later, or never. */
export function renderTree(tree: Yaml, render: Render, isLater: (keys: Keys) => boolean = never): Yaml {
  return mapTree(tree, (value, keys) => {
    const isText = typeof value === 'string'
    if (!isText && !(value instanceof YamlDate)) return value
    if (isLater(keys)) return value
    if (!isText) return value.iso
    return value.includes('{') ? render(value, keys) : ended(value)
  })
}

function never(): boolean {
  return false
}

/** A template's last line end is not part of what it renders. */
function ended(text: string): string {
  const unix = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  return unix.endsWith('\n') ? unix.slice(0, -1) : unix
}

const lateInProject = new Set(['on-run-start', 'on-run-end', 'query-comment', 'vars'])
const configured = new Set(['seeds', 'models', 'snapshots', 'tests', 'data_tests'])
const hooks = new Set(['pre-hook', 'post-hook', 'pre_hook', 'post_hook'])

/** What of `dbt_project.yml` is rendered when it is used: hooks, variables, the comment of queries. */
export function isLateInProject(keys: Keys): boolean {
  const first = String(keys[0])
  if (lateInProject.has(first)) return true
  return configured.has(first) && keys.some(key => hooks.has(String(key).replace(/^[+ ]+/, '')))
}

const tests = new Set(['tests', 'data_tests'])
const later = new Set(['tests', 'data_tests', 'description', 'loaded_at_query'])
const withParts = new Set(['columns', 'dimensions', 'measures', 'entities'])
const laterInConfig = new Set(['pre_hook', 'post_hook', 'loaded_at_query'])

/** What of a resource's properties is rendered when it is used: tests' arguments, descriptions, hooks. */
function isLateInProperties(keys: Keys): boolean {
  const [first, second, third] = keys
  if (isOf(later, first)) return true
  if (keys.length === 2 && isOf(later, second)) return true
  if (first === 'config' && isOf(laterInConfig, second)) return true
  if (keys.length === 5 && keys[4] === 'description') return true
  return isOf(withParts, first) && (isOf(tests, third) || third === 'description')
}

function isOf(names: ReadonlySet<string>, key: string | number | undefined): boolean {
  return typeof key === 'string' && names.has(key)
}

/** The same for an entry of a properties file, by the key of the list it stands in: `models`, `sources` … */
export function isLateIn(list: string): (keys: Keys) => boolean {
  if (list === 'sources')
    return keys => {
      const first = String(keys[0])
      if (first === 'description' || first === 'loaded_at_query') return true
      if (first === 'config' && keys[1] === 'loaded_at_query') return true
      return first === 'tables' && isLateInProperties(keys.slice(2))
    }
  if (list === 'macros') return keys => isLateInProperties(keys[0] === 'arguments' ? keys.slice(1) : keys)
  if (list === 'metrics')
    return keys => keys.at(-1) === 'filter' || keys.at(-2) === 'filter' || isLateInProperties(keys)
  if (list === 'saved_queries')
    return keys => (keys[0] === 'query_params' && keys[1] === 'where') || isLateInProperties(keys)
  return isLateInProperties
}
