import { type LexOptions, tokensOf } from '../lex.ts'
import type { Source } from '../source.ts'
import type { Body, Expression, Statement } from '../tree.ts'
import type { Value } from '../values/index.ts'
import { type Cursor, type NamedOperation, current, expect, fail, next, skipType } from './cursor.ts'
import { expression } from './expression.ts'
import { body, failUnknown, ownBody, readers } from './statement.ts'
import { name, parameters } from './target.ts'

export type { NamedOperation } from './cursor.ts'

/**
 * A statement of the host: `{% test name(parameters) %} … {% endtest %}` makes a macro, whose name the host
 * tells. Its head is a macro's signature, a name alone, or a name with options: `name, default` or `name,
 * adapter='duckdb'`.
 */
export type Tag = {
  readonly head: 'signature' | 'name' | 'options'
  /** The name of the macro that it makes. A word among the options is `true`. */
  readonly macro: (name: string, options: ReadonlyMap<string, Value>) => string
}

export type ParseOptions = LexOptions & {
  readonly tags: ReadonlyMap<string, Tag>
  /** What a macro of this name is called by those who call it. */
  readonly macroName: (name: string) => string
}

export type Parsed = {
  readonly body: Body
  /** Filters and tests that it names. */
  readonly named: readonly NamedOperation[]
}

/** A template's tree; throws where it is no template. */
export function parse(source: Source, options: ParseOptions): Parsed {
  const cursor: Cursor = {
    source,
    tokens: tokensOf(source, options),
    statement: at => statement(at, options),
    open: [],
    ends: [],
    named: [],
    conditions: 0,
    index: 0,
  }
  return { body: body(cursor), named: cursor.named }
}

function statement(cursor: Cursor, options: ParseOptions): Statement {
  const { type, value, at } = current(cursor)
  if (type !== 'name') fail(cursor, 'tag name expected', at)
  const word = value as string
  const read = readers.get(word)
  const tag = options.tags.get(word)
  if (!read && !tag) failUnknown(cursor, word, at)
  cursor.open.push({ tag: word, at })
  next(cursor)
  const node = tag ? tagged(cursor, at, { word, tag }) : (read?.(cursor, at) as Statement)
  cursor.open.pop()
  return node.kind === 'macro' && !tag ? { ...node, name: options.macroName(node.name) } : node
}

function tagged(cursor: Cursor, at: number, { word, tag }: { word: string; tag: Tag }): Statement {
  const { name: own } = name(cursor)
  const declared = tag.head === 'signature' ? parameters(cursor) : []
  const given = tag.head === 'options' ? tagOptions(cursor) : new Map<string, Value>()
  const { body: read } = ownBody(cursor, [`end${word}`])
  return { kind: 'macro', at, name: tag.macro(own, given), parameters: declared, body: read }
}

/** `, default, adapter='duckdb', languages=['sql']` */
function tagOptions(cursor: Cursor): ReadonlyMap<string, Value> {
  const options = new Map<string, Value>()
  while (skipType(cursor, 'comma')) {
    const option = expect(cursor, 'name').value as string
    options.set(option, skipType(cursor, 'assign') ? constantOf(cursor, expression(cursor)) : true)
  }
  return options
}

function constantOf(cursor: Cursor, node: Expression): Value {
  if (node.kind === 'constant') return node.value
  if (node.kind === 'list') return node.items.map(item => constantOf(cursor, item))
  return fail(cursor, 'expected a constant', node.at)
}
