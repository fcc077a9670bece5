import { failure } from '../../errors/index.ts'
import type { Node, Ref } from '../face.ts'
import { mergedCalls } from '../project/config.ts'
import type { YamlObject } from '../yaml.ts'
import type { Parsing } from './parsing.ts'
import { type PythonCall, pythonCalls } from './python-calls.ts'

/**
 * What a model in Python reads and how it configures itself: `dbt.ref(…)`, `dbt.source(…)`, `dbt.config(…)`.
 */
export function capturePython(parsing: Parsing, node: Node): void {
  const invalid = (words: string): Error =>
    failure('SLUICE_DBT_PYTHON', { path: node.original_file_path, words })
  if (/\{\{|\{%/.test(node.raw_code)) throw invalid('A model in Python has no templates in it.')
  const models = [...node.raw_code.matchAll(/^def\s+model\s*\(([^)]*)\)/gm)]
  if (models.length !== 1)
    throw invalid(`It defines one function \`model(dbt, session)\`; there are ${models.length}.`)
  const parameters = (models[0]?.[1] ?? '').split(',').map(each => each.trim())
  if (parameters.filter(each => each !== '').length !== 2 || !/^dbt\b/.test(parameters[0] ?? ''))
    throw invalid('`model` takes two parameters, of which the first is called `dbt`.')
  const used: { keys: string[]; defaults: unknown[] } = { keys: [], defaults: [] }
  const meta: typeof used = { keys: [], defaults: [] }
  for (const call of pythonCalls(node.raw_code, invalid)) capture(parsing, node, { call, used, meta })
  if (used.keys.length + meta.keys.length === 0) return
  addCall(parsing, node, {
    config_keys_used: used.keys,
    config_keys_defaults: used.defaults as YamlObject[],
    meta_keys_used: meta.keys,
    meta_keys_defaults: meta.defaults as YamlObject[],
  })
}

type Keys = { keys: string[]; defaults: unknown[] }
type Captured = { readonly call: PythonCall; readonly used: Keys; readonly meta: Keys }

function capture(parsing: Parsing, node: Node, { call, used, meta }: Captured): void {
  const { name, positional, named } = call
  const [first, second] = positional
  switch (name) {
    case 'ref': {
      const version = (named.version ?? named.v ?? null) as Ref['version']
      const isOne = second === undefined
      node.refs.push({ name: String(isOne ? first : second), package: isOne ? null : String(first), version })
      return
    }
    case 'source':
      node.sources.push([String(first), String(second)])
      return
    case 'config':
      return addCall(parsing, node, named as YamlObject)
    default: {
      const into = name === 'meta_get' ? meta : used
      into.keys.push(String(first))
      into.defaults.push(second ?? null)
    }
  }
}

function addCall({ calls }: Parsing, node: Node, call: YamlObject): void {
  calls.set(node, mergedCalls(calls.get(node) ?? {}, call))
}
