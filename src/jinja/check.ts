import type { Parsed } from './parse/index.ts'
import { type Source, syntaxFailure } from './source.ts'
import type { For, Statement } from './tree.ts'
import type { Dialect } from './values/index.ts'
import { type Node, type Visitor, eachChild, walk } from './walk.ts'

/** What jinja2 finds wrong with a template after it has read it; thrown. */
export function check(source: Source, { body, named }: Parsed, { filters, tests }: Dialect): void {
  checkBlocks(source, body)
  for (const statement of body) checkPlaces(source, statement, { isLooping: false, isTop: true })
  for (const { kind, name, at, isConditional } of named) {
    const known = kind === 'filter' ? filters : tests
    if (!isConditional && !known.has(name)) fail(source, at, `No ${kind} named '${name}'.`)
  }
}

function fail(source: Source, at: number, words: string): never {
  throw syntaxFailure(source, at, { words, kind: 'TemplateAssertionError' })
}

function checkBlocks(source: Source, body: readonly Node[]): void {
  const names = new Set<string>()
  walk(body, node => {
    if (node.kind === 'block') {
      if (names.has(node.name)) fail(source, node.at, `block '${node.name}' defined twice`)
      names.add(node.name)
    }
    if (node.kind === 'for') checkLoopName(source, node)
  })
}

function checkLoopName(source: Source, node: For): void {
  const visitor: Visitor = {
    node: child => eachChild(child, visitor),
    store: (name, at) => {
      if (name === 'loop') fail(source, at, "Can't assign to special loop variable in for-loop target")
    },
  }
  visitor.node(node)
}

type Place = { readonly isLooping: boolean; readonly isTop: boolean }

const framed: ReadonlySet<string> = new Set([
  'with',
  'filter block',
  'set block',
  'autoescape',
  'for',
  'macro',
  'call block',
  'block',
])

/** `break` stands in a loop of the same function, `extends` at the top. */
function checkPlaces(source: Source, node: Node, place: Place): void {
  if (node.kind === 'break' && !place.isLooping) outside(source, node, "'break' outside loop")
  if (node.kind === 'continue' && !place.isLooping) outside(source, node, "'continue' not properly in loop")
  if (node.kind === 'extends' && !place.isTop)
    fail(source, node.at, 'cannot use extend from a non top-level scope')
  if (node.kind === 'for') {
    for (const each of node.body) checkPlaces(source, each, { isLooping: true, isTop: false })
    const isLooping = place.isLooping && !node.recursive
    for (const each of node.otherwise) checkPlaces(source, each, { isLooping, isTop: false })
    return
  }
  const isFunction = node.kind === 'macro' || node.kind === 'call block' || node.kind === 'block'
  const inner = { isLooping: place.isLooping && !isFunction, isTop: place.isTop && !framed.has(node.kind) }
  eachChild(node, { node: child => checkPlaces(source, child, inner) })
}

function outside(source: Source, { at }: Statement, words: string): never {
  throw syntaxFailure(source, at, { words, kind: 'SyntaxError' })
}
