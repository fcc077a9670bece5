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
import type { Float } from '../jinja/index.ts'
import { fastYaml } from './yaml/fast.ts'
import { madeOf } from './yaml/made.ts'
import { explicit, plain, YamlDate } from './yaml/plain.ts'

export { dumpYaml } from './yaml/dump.ts'
export { YamlDate }

/**
 * What a YAML file holds, as PyYAML's safe loader reads it: YAML 1.1, where `yes` is true, `010` is eight
 * and `1e3` is a text. A mapping is an object where every key is a name; where a key is a number, a date or
 * null it is a `Map`, which also keeps the order of keys that look like numbers.
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
  const fast = fastYaml(text.includes('\r') ? text.replaceAll('\r\n', '\n') : text)
  return fast === undefined ? loadAnyYaml(text, source) : fast.value
}

/** The same for all of YAML, and with words on what is wrong. */
export function loadAnyYaml(text: string, source: YamlSource): Yaml {
  const lines = new LineCounter()
  const documents = [...new Composer(options).compose(new Parser(lines.addNewLine).parse(text))]
  const building: Building = { text, lines, path: source.path, anchors: new Map() }
  for (const document of documents) {
    const error = document.errors.find(({ message }) => !lenient.some(words => message.startsWith(words)))
    if (error) throw failed(building, error.message.split(' at line ')[0] ?? error.message, error.pos[0])
  }
  const [first, second] = documents
  if (second?.range) throw failed(building, 'There is a second document in the file.', second.range[0])
  return first ? valueOf(building, first.contents as Node | null) : null
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
const lenient = ['Comments must be separated']

/** A document while its nodes become values. */
type Building = {
  readonly text: string
  readonly lines: LineCounter
  readonly path: string
  readonly anchors: Map<string, Yaml>
}

type Pairs = [Yaml, Yaml][]

function failed({ text, lines, path }: Building, words: string, offset: number): Error {
  const { line, col } = lines.linePos(Math.min(offset, text.length))
  return failure('SLUICE_DBT_YAML', { path, words }, { at: { file: path, line, column: col, length: 1 } })
}

function placeOf(node: Node | null): number {
  return node?.range?.[0] ?? 0
}

function valueOf(building: Building, node: Node | null): Yaml {
  if (node === null) return null
  if (isAlias(node)) {
    const found = building.anchors.get(node.source)
    if (found === undefined)
      throw failed(building, `There is no anchor \`${node.source}\` above.`, placeOf(node))
    return found
  }
  const made = isMap(node)
    ? mapping(building, node)
    : isSeq(node)
      ? sequence(building, node)
      : scalar(building, node as Scalar)
  const anchor = (node as { anchor?: string }).anchor
  if (anchor !== undefined) building.anchors.set(anchor, made)
  return made
}

function expectTag(building: Building, node: Node, tag: string): void {
  if (node.tag === undefined || node.tag === tag) return
  throw failed(building, `The tag \`${node.tag}\` is not known.`, placeOf(node))
}

function sequence(building: Building, node: Node): Yaml[] {
  expectTag(building, node, 'tag:yaml.org,2002:seq')
  return ((node as { items?: Node[] }).items ?? []).map(item => valueOf(building, item))
}

function mapping(building: Building, node: Node): YamlObject | YamlMap {
  expectTag(building, node, 'tag:yaml.org,2002:map')
  const merged: Pairs = []
  const own: Pairs = []
  for (const { key, value } of (node as { items: { key: Node | null; value: Node | null }[] }).items) {
    if (isScalar(key) && key.type === Scalar.PLAIN && key.source === '<<')
      merged.push(...mergedIn(building, value))
    else own.push([keyOf(building, key), valueOf(building, value)])
  }
  return madeOf([...merged, ...own])
}

function keyOf(building: Building, node: Node | null): Yaml {
  const key = valueOf(building, node)
  if (Array.isArray(key) || key instanceof Map || isObject(key))
    throw failed(building, 'A key of a mapping must be a single value.', placeOf(node))
  return key
}

/** The pairs that `<<` brings; of several mappings the first one wins. */
function mergedIn(building: Building, node: Node | null): Pairs {
  const from = valueOf(building, node)
  const all = Array.isArray(from) ? from.toReversed() : [from]
  return all.flatMap((each): Pairs => {
    if (each instanceof Map) return [...each]
    if (isObject(each)) return Object.entries(each)
    throw failed(building, '`<<` takes a mapping, or a list of mappings.', placeOf(node))
  })
}

function scalar(building: Building, node: Scalar): Yaml {
  const written = String(node.value ?? '')
  if (node.tag !== undefined) {
    const made = explicit.get(node.tag)?.(written)
    if (made === undefined) throw failed(building, `The tag \`${node.tag}\` is not known.`, placeOf(node))
    return made
  }
  if (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED)
    return blockText(node, building.text)
  if (node.type !== Scalar.PLAIN) return written
  if (written === '=' || written === '<<')
    throw failed(building, `\`${written}\` alone is no value.`, placeOf(node))
  const made = plain(written)
  if (made === undefined) throw failed(building, `There is no day \`${written}\`.`, placeOf(node))
  return made
}

/** A block that ends with the file ends as the file does. */
function blockText(node: Scalar, text: string): string {
  const value = String(node.value)
  const isLast = (node.range?.[1] ?? 0) >= text.length && !text.endsWith('\n')
  return isLast && value.endsWith('\n') ? value.slice(0, -1) : value
}
