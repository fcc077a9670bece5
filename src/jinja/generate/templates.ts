import { lineOf } from '../source.ts'
import type { Block, FromImport, Import, Include, Statement } from '../tree.ts'
import { undeclared } from '../walk.ts'
import { enter, exported } from './assign.ts'
import { value } from './expression.ts'
import {
  type Frame,
  type Making,
  constant,
  bufferedFrame,
  fresh,
  literal,
  newUnit,
  op,
  place,
  printed,
  settled,
  wrapped,
  leaving,
} from './frame.ts'
import { analyseBody, declareParameter, find, rootSymbols, visible } from './symbols.ts'

/** The function of a block; its names are no others': what it reads comes from the template's top. */
export function blockFunction(making: Making, { name, at, body }: Block): string {
  const unit = newUnit(making)
  const symbols = rootSymbols(() => fresh(unit, 'v'))
  const read = undeclared(body, ['self', 'super'])
  const own = [...read].map(each => {
    const variable = declareParameter(symbols, each)
    return each === 'self'
      ? `${variable}=${op(making, 'self', 'r', 'c')};`
      : `${variable}=${op(making, 'parentBlock', 'r', 'c', `{name:${literal(name)},depth:b}`)};`
  })
  analyseBody(symbols, body)
  const autoescape = String(making.autoescape)
  const pending = new Set<string>()
  const outer: Frame = { unit, symbols, isTop: false, out: '', autoescape, pending, isExtending: false }
  const { inner: frame, empty } = bufferedFrame(outer, body)
  return wrapped(unit, {
    parameters: 'r,c,b',
    at,
    before: `${empty}${own.join('')}`,
    body: enter(symbols) + making.write(frame, body) + leaving(frame.out),
    site: constant(making, { source: making.source, macro: undefined }),
  })
}

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

/** Prints a block, or what an extending template puts in its place. */
export function block(frame: Frame, { name, at, scoped, required }: Block): string {
  const { making } = frame.unit
  const context = scoped ? `c.within(${locals(frame)})` : 'c'
  const given = `{name:${literal(name)},required:${required}}`
  const code = settled(frame.unit, op(making, 'block', 'r', context, given, place(at)))
  const print = making.mode.native ? `${frame.out}.push(...${code});` : printed(frame, code)
  return frame.isTop && making.isExtending ? `if(c.parent===undefined){${print}}` : print
}

/** Names that are seen here, for whoever is handed them: `[["a",v1]]`. */
function locals({ symbols }: Frame): string {
  return `[${[...visible(symbols)].map(([name, variable]) => `[${literal(name)},${variable}]`).join(',')}]`
}

export function extend(frame: Frame, { template, at }: Of<'extends'>): string {
  return `${op(frame.unit.making, 'extend', 'r', 'c', value(frame, template), place(at))};`
}

export function include(frame: Frame, { template, at, ignoreMissing, withContext }: Include): string {
  const context = withContext ? `c.within(${locals(frame)})` : 'undefined'
  const given = `{template:${value(frame, template)},ignoreMissing:${ignoreMissing},context:${context}}`
  const code = settled(frame.unit, op(frame.unit.making, 'include', 'r', given, place(at)))
  return frame.unit.making.mode.native ? `${frame.out}.push(...${code});` : printed(frame, code)
}

function imported(frame: Frame, { template, at, withContext }: Import | FromImport): string {
  const context = withContext ? `c.within(${locals(frame)})` : 'undefined'
  const given = `{template:${value(frame, template)},context:${context}}`
  return settled(frame.unit, op(frame.unit.making, 'importModule', 'r', given, place(at)))
}

/** `{% import … as name %}`: seen by this template, not by those that import it. */
export function importTemplate(frame: Frame, node: Import): string {
  const variable = find(frame.symbols, node.name)?.variable ?? fresh(frame.unit)
  return `${variable}=${imported(frame, node)};${hidden(frame, node.name, variable)}`
}

export function fromImport(frame: Frame, node: FromImport): string {
  const { making } = frame.unit
  const module = fresh(frame.unit)
  const names = node.names.map(({ name, alias }) => {
    const variable = find(frame.symbols, alias)?.variable ?? fresh(frame.unit)
    const line = lineOf(making.source, node.at)
    const code = op(making, 'memberOf', 'r', module, `{name:${literal(name)},line:${line}}`)
    return `${variable}=${code};${hidden(frame, alias, variable)}`
  })
  return `${module}=${imported(frame, node)};${names.join('')}`
}

function hidden(frame: Frame, name: string, variable: string): string {
  return frame.isTop ? `${exported(frame, name, variable)}c.hide(${literal(name)});` : ''
}
