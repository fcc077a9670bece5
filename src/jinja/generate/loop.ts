import type { For } from '../tree.ts'
import { undeclared, walk } from '../walk.ts'
import { assign, enter } from './assign.ts'
import { condition, value } from './expression.ts'
import {
  type Frame,
  bufferedFrame,
  fresh,
  innerFrame,
  newUnit,
  op,
  place,
  printedRaw,
  settled,
  wrapped,
  leaving,
} from './frame.ts'
import { analyseBody, analyseExpression, analyseTarget, declareParameter, innerSymbols } from './symbols.ts'

/** A loop whose body asks for `loop` has an object of it; any other goes through its items alone. */
export function loop(frame: Frame, node: For): string {
  if (node.recursive) return recursiveLoop(frame, node)
  return looping(frame, node, { over: value(frame, node.over), depth: '0' })
}

type Over = { readonly over: string; readonly depth: string; readonly recurse?: string }

function looping(frame: Frame, node: For, { over, depth, recurse }: Over): string {
  const { unit } = frame
  const { making } = unit
  const symbols = innerSymbols(frame.symbols, freshOf(unit))
  const held = asksForLoop(node) ? declareParameter(symbols, 'loop') : undefined
  analyseTarget(symbols, node.target, 'parameter')
  analyseBody(symbols, node.body)
  const inner = innerFrame(frame, symbols)
  const isEmpty = node.otherwise.length > 0 ? fresh(unit) : undefined
  const rest = (item: string) => {
    const done = isEmpty === undefined ? '' : `${isEmpty}=false;`
    return `${assign(inner, node.target, item)}${enter(symbols)}${making.write(inner, node.body)}${done}}`
  }
  const before = isEmpty === undefined ? '' : `${isEmpty}=true;`
  const isLong = `if(${frame.out}.length>r.charsMax)r.tooLong();`
  const after = isLong + (isEmpty === undefined ? '' : `if(${isEmpty}){${otherwise(frame, node)}}`)
  if (held === undefined) {
    const { head, item } = going(frame, node, over)
    const test = node.when ? testOf(frame, node, item) : undefined
    const only = test === undefined ? '' : `${test.assign}if(!${test.condition})continue;`
    return `${before}${test?.enter ?? ''}${head}{${only}${rest(item)}${after}`
  }
  const filtered = node.when ? filteredItems(frame, node, over) : undefined
  const given = `{depth:${depth},recurse:${recurse ?? 'undefined'}}`
  const made = op(making, 'loop', 'r', filtered?.list ?? over, given, place(node.at))
  const head = `for(${held}=${made};${held}.advance();){`
  return `${before}${filtered?.code ?? ''}${head}${rest(`${held}.item`)}${after}`
}

/** The head of a loop that goes through the items alone. */
function going({ unit }: Frame, { at }: For, over: string): { head: string; item: string } {
  const [items, item] = [fresh(unit, 'x'), fresh(unit, 'i')]
  const made = op(unit.making, 'items', 'r', over, place(at))
  return { head: `for(${items}=${made};(${item}=${items}.next())!==undefined;)`, item }
}

function freshOf(unit: Frame['unit']): (name: string) => string {
  return () => fresh(unit, 'v')
}

function asksForLoop({ recursive, body }: For): boolean {
  if (recursive || undeclared(body, ['loop']).size > 0) return true
  let hasScopedBlock = false
  walk(body, node => {
    if (node.kind === 'block' && node.scoped) hasScopedBlock = true
  })
  return hasScopedBlock
}

/** The test of `for … if …` has a frame of its own, which is entered once. */
function testOf(frame: Frame, node: For, item: string): { enter: string; assign: string; condition: string } {
  const symbols = innerSymbols(frame.symbols, freshOf(frame.unit))
  analyseTarget(symbols, node.target, 'parameter')
  if (node.when) analyseExpression(symbols, node.when)
  const inner = innerFrame(frame, symbols)
  const tested = node.when ? condition(inner, node.when) : 'true'
  return { enter: enter(symbols), assign: assign(inner, node.target, item), condition: tested }
}

/** Items that pass the test, in a list: `loop.last` and `loop.length` know of no others. */
function filteredItems(frame: Frame, node: For, over: string): { list: string; code: string } {
  const { making } = frame.unit
  const list = fresh(frame.unit)
  const { head, item } = going(frame, node, over)
  const test = testOf(frame, node, item)
  const passing = `${test.assign}if(${test.condition})${list}.push(${item})`
  return { list: op(making, 'generated', list), code: `${test.enter}${list}=[];${head}{${passing}}` }
}

function otherwise(frame: Frame, node: For): string {
  const symbols = innerSymbols(frame.symbols, freshOf(frame.unit))
  analyseBody(symbols, node.otherwise)
  return enter(symbols) + frame.unit.making.write(innerFrame(frame, symbols), node.otherwise)
}

/** The loop is a function, which `loop(…)` calls for what lies deeper. */
function recursiveLoop(frame: Frame, node: For): string {
  const { unit } = frame
  const { making } = unit
  const inner = newUnit(making)
  const called = fresh(unit, 'f')
  const { inner: own, empty } = bufferedFrame({ ...frame, unit: inner }, node.body)
  const code = looping(own, node, { over: 'i', depth: 'd', recurse: called })
  const written = wrapped(inner, {
    parameters: 'i,d',
    at: node.at,
    before: empty,
    body: code + leaving(making.mode.native ? `r.joined(${own.out})` : own.out),
    site: 'null',
  })
  const first = settled(unit, `${called}(${value(frame, node.over)},0,${place(node.at)})`)
  return `${called}=${written};${printedRaw(frame, first, node.at)}`
}
