import type { Source } from '../source.ts'
import type { Block, Body } from '../tree.ts'
import { undeclared, walk } from '../walk.ts'
import { enter } from './assign.ts'
import {
  type Frame,
  type Making,
  type Mode,
  constant,
  bufferedFrame,
  leaving,
  newUnit,
  op,
  wrapped,
  fresh,
} from './frame.ts'
import { body } from './statement.ts'
import { analyseBody, declareParameter, rootSymbols } from './symbols.ts'
import { blockFunction } from './templates.ts'

export type { Mode } from './frame.ts'

/** A template as JavaScript. */
export type Code = {
  /** The body of a function of `R` (operations), `K` (constants) and `A` (filters and tests). */
  readonly text: string
  readonly constants: readonly unknown[]
  /** Filters and tests in the order of `A`. */
  readonly applied: readonly { readonly kind: 'filter' | 'test'; readonly name: string }[]
  /** Others see what it assigns at its top while it is rendered: blocks, included templates. */
  readonly isShared: boolean
}

export type GenerateOptions = { readonly mode: Mode; readonly autoescape: boolean }

/**
 * A tree as code that gives `{ root, blocks }`. It is written from the tree alone: names become variables
 * that are counted, texts are quoted, everything else is a call of an operation; nothing of a template's
 * text is code.
 */
export function generate(source: Source, tree: Body, { mode, autoescape }: GenerateOptions): Code {
  const blocks: Block[] = []
  let isExtending = false
  let isShared = false
  walk(tree, node => {
    if (node.kind === 'block') blocks.push(node)
    if (node.kind === 'extends') isExtending = true
    if (sharing.has(node.kind)) isShared = true
  })
  const making: Making = {
    source,
    mode,
    autoescape,
    constants: new Map(),
    operations: new Set(),
    applied: new Map(),
    blocks: new Map(),
    write: body,
    isExtending,
    count: 0,
  }
  const root = rootFunction(making, tree)
  for (const each of blocks) making.blocks.set(each.name, blockFunction(making, each))
  const written = [...making.blocks].map(([name, code]) => `[${JSON.stringify(name)},${code}]`)
  const text = `${head(making)}return {root:(${root}),blocks:[${written.join(',')}]}`
  return { text, constants: [...making.constants.keys()], applied: [...making.applied.values()], isShared }
}

const sharing: ReadonlySet<string> = new Set(['block', 'extends', 'include', 'import', 'from import'])

function rootFunction(making: Making, tree: Body): string {
  const unit = newUnit(making)
  const symbols = rootSymbols(() => fresh(unit, 'v'))
  const self = undeclared(tree, ['self']).has('self')
    ? `${declareParameter(symbols, 'self')}=${op(making, 'self', 'r', 'c')};`
    : ''
  analyseBody(symbols, tree)
  const outer: Frame = {
    unit,
    symbols,
    isTop: true,
    out: '',
    autoescape: String(making.autoescape),
    pending: new Set(),
    isExtending: making.isExtending,
  }
  const { inner: frame, empty } = bufferedFrame(outer, tree)
  const code = `${enter(symbols)}${body(frame, tree)}`
  const wait = making.mode.waits ? 'await ' : ''
  const parent = making.isExtending
    ? `if(c.parent!==undefined){${leaving(wait + op(making, 'parent', 'r', 'c'))}}`
    : ''
  return wrapped(unit, {
    parameters: 'r,c',
    at: 0,
    before: `${empty}${self}`,
    body: code + parent + leaving(frame.out),
    site: constant(making, { source: making.source, macro: undefined }),
  })
}

/** Short names for what the code calls. */
function head({ operations, constants, applied }: Making): string {
  const called = [...operations].join(',')
  const held = [...constants.values()].join(',')
  const used = [...applied.keys()].join(',')
  return `'use strict';const {${called}}=R,[${held}]=K,[${used}]=A;`
}
