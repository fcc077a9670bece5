import { repr, str } from '../../jinja/index.ts'
import { failure } from '../../errors/index.ts'
import type { Node, Ref } from '../face.ts'
import { textsOf } from '../project/tree.ts'
import { valueOf } from '../context/json.ts'
import { isObject, type Yaml, type YamlObject } from '../yaml.ts'
import { besides } from './code.ts'
import type { Reference } from './reference.ts'
import { addNode, configure, newNode } from './node.ts'
import { md5 } from './hash.ts'
import { type Parsing, warn } from './parsing.ts'
import { fqnPrefix, noChecksum, type SourceFile } from './source.ts'

/**
 * What a generic test is asked of: a model, a seed, a snapshot or a source's table, or one of its columns.
 */
export type Tested = {
  readonly file: SourceFile
  /** The list it stands in: `models`, `sources` … */
  readonly list: string
  readonly name: string
  readonly version?: Yaml | undefined
  /** A table's source. */
  readonly source?: string
  readonly column?: { readonly name: string; readonly tags: readonly string[] }
  readonly tags?: readonly string[]
  readonly attached: Node | undefined
}

/** Options of a test, which may stand beside its arguments as well as in `config`. */
const options = [
  'severity',
  'tags',
  'enabled',
  'where',
  'limit',
  'warn_if',
  'error_if',
  'fail_calc',
  'store_failures',
  'store_failures_as',
  'meta',
  'database',
  'schema',
  'alias',
]

/** Names up to this length are kept whole where a database would cut them. */
const nameCharsMax = 63
const hashChars = 10
const cutNameChars = 30

/** Make the node of a test that properties ask for: `unique`, `{ accepted_values: { values: … } }`. */
export function parseGenericTest(parsing: Parsing, tested: Tested, written: Yaml): Node {
  const asked = askedOf(parsing, tested, written)
  const { file } = tested
  const relative = file.originalPath.split('/').slice(1).join('/')
  const fqn = [...fqnPrefix(file.package.name, relative), asked.fullName]
  const metadata = { name: asked.macro, kwargs: asked.arguments, namespace: asked.namespace }
  const hash = md5(asked.fullName + repr(valueOf(hashable(metadata)))).slice(-hashChars)
  const node = newNode(parsing, {
    type: 'test',
    file,
    name: asked.fullName,
    path: besides(baseFile(file.originalPath), asked.shortName),
    fqn,
    code: codeOf(asked),
    uniqueId: `test.${file.package.name}.${asked.fullName}.${hash}`,
    fields: {
      checksum: { ...noChecksum },
      language: 'sql',
      tags: [
        ...new Set([...(tested.tags ?? []), ...(tested.column?.tags ?? []), ...textsOf(asked.config.tags)]),
      ].sort(),
      description: asked.description,
      column_name: tested.column?.name ?? null,
      file_key_name: `${tested.list}.${tested.source ?? tested.name}`,
      attached_node: null,
      test_metadata: metadata,
    },
  })
  parsing.calls.set(node, asked.config)
  captureTest(parsing, node, { tested, asked })
  if (tested.attached !== undefined) {
    node.attached_node = tested.attached.unique_id
    node.group = tested.attached.group
  }
  return node
}

/** Add the test of a model, seed or snapshot. */
export function addGenericTest(parsing: Parsing, tested: Tested, written: Yaml): void {
  addNode(parsing, parseGenericTest(parsing, tested, written))
}

type Asked = {
  readonly macro: string
  readonly namespace: string | null
  readonly arguments: YamlObject
  readonly config: YamlObject
  readonly description: string
  /** Of the node, and of its file and table. */
  readonly fullName: string
  readonly shortName: string
}

function baseFile(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function askedOf(parsing: Parsing, tested: Tested, written: Yaml): Asked {
  const [called, given] = calledOf(tested, written)
  const args: YamlObject = { ...given }
  if (tested.column !== undefined) args.column_name = tested.column.name
  spreadArguments(parsing, args)
  if ('model' in args) throw invalid(tested, 'An argument cannot be called `model`: dbt gives it itself.')
  args.model = `{{ get_where_subquery(${reference(tested)}) }}`
  const [, , namespace, macro] = /^(([a-zA-Z_]\w*)\.)?([a-zA-Z_]\w*)/.exec(called) ?? []
  if (macro === undefined) throw invalid(tested, `\`${called}\` is no name of a test.`)
  const config = configOfTest(parsing, tested, args)
  const description = typeof args.description === 'string' ? args.description : ''
  delete args.description
  const named = args.name
  delete args.name
  const asked = { macro, namespace: namespace ?? null, arguments: args, config, description }
  if (typeof named === 'string') return { ...asked, fullName: named, shortName: named }
  const names = namesOf(tested, asked)
  if (names.shortName !== names.fullName && !('alias' in config)) config.alias = names.shortName
  return { ...asked, ...names }
}

function invalid({ file, name }: Tested, words: string): Error {
  return failure(
    'SLUICE_DBT_TEST',
    { on: name, words },
    { at: { file: file.originalPath, line: 1, column: 1, length: 1 } },
  )
}

/** The test's name and what is given to it, in the three ways of writing. */
function calledOf(tested: Tested, written: Yaml): readonly [name: string, given: YamlObject] {
  if (typeof written === 'string') return [written, {}]
  if (!isObject(written)) throw invalid(tested, 'A test is a name, or a name with its arguments.')
  if ('test_name' in written) {
    const { test_name: name, ...given } = written
    if (typeof name !== 'string') throw invalid(tested, '`test_name` must be a text.')
    return [name, given]
  }
  const entries = Object.entries(written)
  const [first] = entries
  if (first === undefined || entries.length > 1)
    throw invalid(
      tested,
      `A test has one name; this has ${entries.map(([name]) => `\`${name}\``).join(', ') || 'none'}.`,
    )
  const [name, given] = first
  if (given === null || isObject(given)) return [name, given ?? {}]
  throw invalid(tested, `The arguments of \`${name}\` must be a mapping.`)
}

/** Arguments may stand under `arguments`, where the project says so they are spread. */
function spreadArguments({ behaviour }: Parsing, args: YamlObject): void {
  if (!behaviour.genericTestArguments) return
  const spread = args.arguments
  delete args.arguments
  if (isObject(spread)) Object.assign(args, spread)
}

function reference({ source, name, version, list }: Tested): string {
  if (source !== undefined) return `source('${source}', '${name}')`
  return list === 'models' && version ? `ref('${name}', version='${printed(version)}')` : `ref('${name}')`
}

function printed(value: Yaml): string {
  return str(valueOf(value))
}

/** Take the options out of the arguments, those beside them and those in `config`, and render them. */
function configOfTest(parsing: Parsing, tested: Tested, args: YamlObject): YamlObject {
  const { file } = tested
  const render = parsing.templates.properties(file.package.name, file.originalPath)
  const hasConfig = isObject(args.config)
  const nested: YamlObject = isObject(args.config) ? { ...args.config } : {}
  delete args.config
  const said: YamlObject = {}
  for (const name of options) {
    const beside = args[name]
    delete args[name]
    if (isTrue(beside) && name in nested)
      throw invalid(tested, `\`${name}\` stands beside the arguments and in \`config\` too.`)
    const value = isTrue(beside) || !hasConfig ? beside : nested[name]
    delete nested[name]
    if (value !== undefined && value !== null) said[name] = value
  }
  const config: YamlObject = {}
  for (const [name, value] of Object.entries({ ...said, ...nested })) {
    const made = typeof value === 'string' ? render(value, [name]) : value
    if (made !== null && made !== undefined) config[name] = made
  }
  return config
}

function isTrue(value: Yaml | undefined): boolean {
  return !(
    value === undefined ||
    value === null ||
    value === false ||
    value === 0 ||
    value === '' ||
    (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0)
  )
}

type Names = { readonly fullName: string; readonly shortName: string }

/** `accepted_values_orders_status__placed__shipped`; the short one ends in a hash where that is too long. */
function namesOf(tested: Tested, asked: Pick<Asked, 'macro' | 'namespace' | 'arguments'>): Names {
  const parts = Object.keys(asked.arguments)
    .filter(name => name !== 'model')
    .sort(byCodePoint)
    .flatMap(name => flat(asked.arguments[name] as Yaml))
    .map(value => printed(value).replace(/[^0-9a-zA-Z_]+/g, '_'))
  const kind = tested.source === undefined ? asked.macro : `source_${asked.macro}`
  const type = asked.namespace === null ? kind : `${asked.namespace}_${kind}`
  const version = tested.version ? `_v${printed(tested.version)}` : ''
  const on = tested.source === undefined ? tested.name + version : `${tested.source}_${tested.name}`
  const identifier = `${type}_${on}`
  const fullName = `${identifier}_${parts.join('__')}`
  const shortName =
    [...fullName].length > nameCharsMax
      ? `${[...identifier].slice(0, cutNameChars).join('')}_${md5(fullName)}`
      : fullName
  return { fullName, shortName }
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function flat(value: Yaml): readonly Yaml[] {
  if (Array.isArray(value)) return value
  if (value instanceof Map) return [...value.values()]
  return isObject(value) ? Object.values(value) : [value]
}

/** All single values as texts, mappings in the order of their keys: what the hash of a test is made of. */
function hashable(data: Yaml | { readonly [name: string]: unknown }): Yaml {
  if (Array.isArray(data)) return data.map(hashable)
  if (data instanceof Map) {
    const entries = [...data].sort(([a], [b]) => byCodePoint(String(a), String(b)))
    return new Map(entries.map(([key, value]) => [key, hashable(value)]))
  }
  if (!isObject(data)) return printed(data as Yaml)
  const names = Object.keys(data).sort(byCodePoint)
  return Object.fromEntries(names.map(name => [name, hashable(data[name] as Yaml)])) as YamlObject
}

/** The query of a test: it calls the macro with arguments that the node holds, and configures itself. */
function codeOf({ macro, namespace, config }: Asked): string {
  const called = namespace === null ? `test_${macro}` : `${namespace}.test_${macro}`
  const said = Object.entries(config).map(([name, value]) => {
    const text = typeof value === 'string' ? `"${value.replaceAll('"', '\\"')}"` : printed(value)
    return `${name}=${text}`
  })
  const configured = said.length === 0 ? '' : `{{ config(${said.join(',')}) }}`
  return `{{ ${called}(**_dbt_generic_test_kwargs) }}${configured}`
}

const wellKnown = new Set(['macro.dbt.test_not_null', 'macro.dbt.test_unique'])

/** Which macro a test calls, and what its arguments read. */
function captureTest(
  parsing: Parsing,
  node: Node,
  { tested, asked }: { tested: Tested; asked: Asked },
): void {
  const macro = parsing.macros.resolve(node.package_name, `test_${asked.macro}`)
  if (macro === undefined) warn(parsing, `There is no test \`${asked.macro}\`.`, tested.file.originalPath)
  else node.depends_on.macros.push(macro.unique_id)
  const model = referenceOf(tested)
  if (macro !== undefined && wellKnown.has(macro.unique_id)) {
    configure(parsing, node)
    if ('ref' in model) node.refs.push(model.ref)
    else node.sources.push(model.source)
    return
  }
  const { namespace, config } = asked
  const { model: _, ...given } = asked.arguments
  const test = { macro, namespace, arguments: given, model: asWritten(model), config }
  parsing.templates.capture(node, node.raw_code, { test })
  configure(parsing, node)
}

/** In a test's code a version is named by its text. */
function asWritten(model: Reference): Reference {
  if (!('ref' in model) || model.ref.version === null) return model
  return { ref: { ...model.ref, version: String(model.ref.version) } }
}

function referenceOf({ source, name, version, list }: Tested): Reference {
  if (source !== undefined) return { source: [source, name] }
  const isVersioned = list === 'models' && Boolean(version)
  return { ref: { name, package: null, version: isVersioned ? (version as Ref['version']) : null } }
}
