import type { Body, If, Macro, Output, SetBlock, Statement, With } from '../tree.ts'
import { assign, checkNamespaces, enter, exported } from './assign.ts'
import { call, condition, textOf, value } from './expression.ts'
import {
  type Frame,
  buffered,
  bufferedFrame,
  fresh,
  innerFrame,
  held,
  op,
  place,
  printedRaw,
} from './frame.ts'
import { loop } from './loop.ts'
import { macro } from './macro.ts'
import { isConstant } from './native.ts'
import { analyseBody, analyseExpression, analyseTarget, find, innerSymbols } from './symbols.ts'
import { block, extend, fromImport, importTemplate, include } from './templates.ts'

type Kind = Statement['kind']
type Of<K extends Kind> = Extract<Statement, { kind: K }>
type Write = { readonly [K in Kind]: (frame: Frame, node: Of<K>) => string }

/** Statements as code. */
export function body(frame: Frame, statements: Body): string {
  let code = ''
  for (const statement of statements) {
    const write = writers[statement.kind] as (frame: Frame, node: Statement) => string
    code += write(frame, statement)
  }
  return code
}

const writers: Write = {
  output,
  for: loop,
  if: branches,
  macro: defineMacro,
  'call block': (frame, node) => {
    const caller = macro(frame, node)
    return printedRaw(frame, call(frame, node.call, caller), node.at)
  },
  'filter block': filterBlock,
  with: withBlock,
  set: (frame, { target, value: assigned }) =>
    checkNamespaces(frame, target) + assign(frame, target, value(frame, assigned)),
  'set block': setBlock,
  do: (frame, node) => `${value(frame, node.value)};`,
  break: () => 'break;',
  continue: () => 'continue;',
  autoescape,
  block,
  extends: extend,
  include,
  import: importTemplate,
  'from import': fromImport,
}

function output(frame: Frame, { parts }: Output): string {
  const { making } = frame.unit
  const codes = parts.map(part => (typeof part === 'string' ? held(making, part) : print(frame, part)))
  const code = making.mode.native
    ? `${frame.out}.push(${codes.join(',')});`
    : `${frame.out}+=${codes.join('+')};`
  const counted = frame.counter === undefined ? code : `${code}${frame.counter}+=${pieces(parts)};`
  return frame.isExtending ? `if(c.parent===undefined){${counted}}` : counted
}

/** How many items Python puts out for them: neighbours that are constant are one. */
function pieces(parts: Output['parts']): number {
  const isHeld = parts.map(part => typeof part === 'string' || isConstant(part))
  return isHeld.filter((held, i) => !held || !isHeld[i - 1]).length
}

function print(frame: Frame, part: Exclude<Output['parts'][number], string>): string {
  const { making } = frame.unit
  const inner = part.kind === 'constant' || !isConstant(part) ? frame : { ...frame, isFolding: true }
  if (!making.mode.native && frame.autoescape === 'false') return textOf(inner, part, part.at)
  const code = value(inner, part)
  if (making.mode.native) return isConstant(part) ? op(making, 'constant', code) : code
  return op(making, 'escaped', frame.autoescape, code, place(part.at))
}

function branches(frame: Frame, node: If): string {
  const chosen = node.branches.map(
    ({ when, body: yes }) => `if(${condition(frame, when)}){${body(frame, yes)}}`,
  )
  const otherwise = node.otherwise.length > 0 ? `else{${body(frame, node.otherwise)}}` : ''
  return chosen.join('else ') + otherwise
}

function defineMacro(frame: Frame, node: Macro): string {
  const variable = find(frame.symbols, node.name)?.variable ?? fresh(frame.unit)
  return `${variable}=${macro(frame, node)};${exported(frame, node.name, variable)}`
}

function filterBlock(frame: Frame, { filter, body: filtered, at }: Of<'filter block'>): string {
  const symbols = innerSymbols(frame.symbols)
  analyseBody(symbols, filtered)
  analyseExpression(symbols, filter)
  const { inner, empty } = bufferedFrame(innerFrame(frame, symbols), filtered)
  const code = `${enter(symbols)}${empty}${body(inner, filtered)}`
  return code + printedRaw(frame, value(inner, filter), at)
}

function withBlock(frame: Frame, { targets, values, body: inside }: With): string {
  const symbols = innerSymbols(frame.symbols)
  for (const target of targets) analyseTarget(symbols, target, 'parameter')
  analyseBody(symbols, inside)
  const inner = innerFrame(frame, symbols)
  const assigned = targets.map((target, i) => {
    const given = values[i]
    return given ? assign(inner, target, value(frame, given)) : ''
  })
  return enter(symbols) + assigned.join('') + body(inner, inside)
}

function setBlock(frame: Frame, { target, filter, body: inside }: SetBlock): string {
  const { unit } = frame
  const symbols = innerSymbols(frame.symbols)
  analyseBody(symbols, inside)
  const own: Frame = { ...innerFrame(frame, symbols), isExtending: false }
  const { inner, empty } = bufferedFrame(own, inside)
  const code = `${enter(symbols)}${empty}${body(inner, inside)}`
  const held = filter ? value(inner, filter) : buffered(inner, inner.out)
  const marked =
    filter && frame.autoescape !== 'false' ? op(unit.making, 'marked', frame.autoescape, held) : held
  return code + checkNamespaces(frame, target) + assign(frame, target, marked)
}

/** What stands in it has names of its own. */
function autoescape(frame: Frame, { when, body: inside }: Of<'autoescape'>): string {
  const symbols = innerSymbols(frame.symbols)
  analyseExpression(symbols, when)
  analyseBody(symbols, inside)
  const held = fresh(frame.unit)
  const before = fresh(frame.unit)
  const inner: Frame = { ...innerFrame(frame, symbols), autoescape: held }
  const code = `${enter(symbols)}${before}=r.autoescape;r.autoescape=${held}=${condition(inner, when)};`
  return `${code}${body(inner, inside)}r.autoescape=${before};`
}
