import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Parser,
  Scalar,
} from 'yaml'
import { failure } from '../errors/index.ts'
import { Float } from '../jinja/index.ts'
import { explicit, plain, YamlDate } from './yaml/plain.ts'

export { dumpYaml } from './yaml/dump.ts'
export { YamlDate }

/**
 * What a YAML file holds, as PyYAML's safe loader reads it: YAML 1.1, where `yes` is true, `010` is eight and `1e3` is a text. A mapping
 * is an object where every key is a name; where a key is a number, a date or null it is a `Map`, which also keeps the order of keys that
 * look like numbers.
 */
export type Yaml =
  | null
  | boolean
  | number
  | bigint
  | string
  | Float
  | YamlDate
  | Yaml[]
  | YamlObject
  | YamlMap
export type YamlObject = { [name: string]: Yaml }
export type YamlMap = Map<Yaml, Yaml>

/** Where a text comes from, for errors. */
export type YamlSource = { readonly path: string }
export type YamlPath = readonly (string | number)[]

/** Read one document. An empty text is null. */
export function loadYaml(text: string, source: YamlSource): Yaml {
  const lines = new LineCounter()
  const documents = [...new Composer(options).compose(new Parser(lines.addNewLine).parse(text))]
  const build = builder(text, lines, source)
  for (const document of documents) {
    const error = document.errors.find(({ message }) => !lenient.some(words => message.startsWith(words)))
    if (error) throw build.failed(error.message.split(' at line ')[0] ?? error.message, error.pos[0])
  }
  const [first, second] = documents
  if (second?.range) throw build.failed('There is a second document in the file.', second.range[0])
  return first ? build.value(first.contents as Node | null) : null
}

/** Where in a text the value at a path begins; it is read again, since only an error asks. */
export function locateYaml(text: string, path: YamlPath): { line: number; column: number } | undefined {
  const lines = new LineCounter()
  const document = parseDocument(text, { ...options, lineCounter: lines })
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined
    if (!node?.range) continue
    const { line, col } = lines.linePos(node.range[0])
    return { line, column: col }
  }
  return undefined
}

export function isObject(value: unknown): value is YamlObject {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

// Nothing is resolved by the library: its YAML 1.1 takes `y` for true and `1e3` for a number.
const options = { schema: 'failsafe', version: '1.1', uniqueKeys: false, logLevel: 'silent' } as const

/** What the library refuses and PyYAML reads. */
const lenient = ['Flow ', 'Comments must be separated']

type Builder = {
  readonly value: (node: Node | null) => Yaml
  readonly failed: (words: string, offset: number) => Error
}

function builder(text: string, lines: LineCounter, { path }: YamlSource): Builder {
  const anchors = new Map<string, Yaml>()
  const failed = (words: string, offset: number): Error => {
    const { line, col } = lines.linePos(Math.min(offset, text.length))
    return failure('SLUICE_DBT_YAML', { path, words }, { at: { file: path, line, column: col, length: 1 } })
  }
  const at = (node: Node): number => node.range?.[0] ?? 0

  const value = (node: Node | null): Yaml => {
    if (node === null) return null
    if (isAlias(node)) {
      const found = anchors.get(node.source)
      if (found === undefined) throw failed(`There is no anchor \`${node.source}\` above.`, at(node))
      return found
    }
    const made = isMap(node) ? mapping(node) : isSeq(node) ? sequence(node) : scalar(node as Scalar)
    const anchor = (node as { anchor?: string }).anchor
    if (anchor !== undefined) anchors.set(anchor, made)
    return made
  }

  const sequence = (node: Node): Yaml[] => {
    expectTag(node, 'tag:yaml.org,2002:seq')
    return (node as { items?: Node[] }).items?.map(value) ?? []
  }

  const scalar = (node: Scalar): Yaml => {
    const written = String(node.value ?? '')
    if (node.tag !== undefined) return tagged(node, written)
    if (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED) return blockText(node, text)
    if (node.type !== Scalar.PLAIN) return String(node.value)
    if (written === '=') throw failed('`=` alone is no value.', at(node))
    try {
      return plain(written)
    } catch {
      throw failed(`\`${written}\` is no date, and nothing else.`, at(node))
    }
  }

  const tagged = (node: Scalar, written: string): Yaml => {
    const made = explicit.get(node.tag ?? '')?.(written)
    if (made === undefined) throw failed(`The tag \`${node.tag}\` is not known.`, at(node))
    return made
  }

  const expectTag = (node: Node, tag: string): void => {
    if (node.tag === undefined || node.tag === tag) return
    throw failed(`The tag \`${node.tag}\` is not known.`, at(node))
  }

  const mapping = (node: Node): YamlObject | YamlMap => {
    expectTag(node, 'tag:yaml.org,2002:map')
    const merged: [Yaml, Yaml][] = []
    const own: [Yaml, Yaml][] = []
    for (const { key, value: item } of (node as { items: { key: Node | null; value: Node | null }[] })
      .items) {
      if (isScalar(key) && key.type === Scalar.PLAIN && key.source === '<<') merged.push(...mergedIn(item))
      else own.push([keyOf(key), value(item)])
    }
    return madeOf([...merged, ...own])
  }

  const keyOf = (node: Node | null): Yaml => {
    const key = value(node)
    if (Array.isArray(key) || key instanceof Map || isObject(key))
      throw failed('A key of a mapping must be a single value.', node ? at(node) : 0)
    return key
  }

  /** The pairs that `<<` brings; of several mappings the first one wins. */
  const mergedIn = (node: Node | null): [Yaml, Yaml][] => {
    const from = value(node)
    const all = Array.isArray(from) ? from.toReversed() : [from]
    return all.flatMap(each => {
      if (each instanceof Map) return [...each]
      if (isObject(each)) return Object.entries(each)
      throw failed('`<<` takes a mapping, or a list of mappings.', node ? at(node) : 0)
    })
  }

  return { value, failed }
}

/** A block that ends with the file ends as the file does. */
function blockText(node: Scalar, text: string): string {
  const value = String(node.value)
  const isLast = (node.range?.[1] ?? 0) >= text.length && !text.endsWith('\n')
  return isLast && value.endsWith('\n') ? value.slice(0, -1) : value
}

const looksLikeIndex = /^(?:0|[1-9]\d*)$/

function madeOf(pairs: readonly [Yaml, Yaml][]): YamlObject | YamlMap {
  if (pairs.every(([key]) => typeof key === 'string' && key !== '__proto__' && !looksLikeIndex.test(key)))
    return Object.fromEntries(pairs) as YamlObject
  const map: YamlMap = new Map()
  const keys = new Map<string, Yaml>()
  for (const [key, item] of pairs) {
    const name = `${typeof key}:${key instanceof Float ? key.value : String(key)}`
    const first = keys.get(name) ?? key
    keys.set(name, first)
    map.set(first, item)
  }
  return map
}
