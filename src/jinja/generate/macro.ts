import { type MacroHead, headOf } from '../render/head.ts'
import { syntaxFailure } from '../source.ts'
import type { CallBlock, Expression, Macro, Parameter } from '../tree.ts'
import { undeclared } from '../walk.ts'
import { enter } from './assign.ts'
import { value } from './expression.ts'
import {
  type Frame,
  buffered,
  constant,
  bufferedFrame,
  fresh,
  literal,
  newUnit,
  op,
  wrapped,
  leaving,
} from './frame.ts'

import { analyseBody, analyseExpression, declareParameter, innerSymbols } from './symbols.ts'

const special = ['caller', 'kwargs', 'varargs'] as const

/** A macro, or the body of a call block, as a value. */
export function macro(frame: Frame, node: Macro | CallBlock): string {
  const { making } = frame.unit
  const read = undeclared(node.body, special)
  checkCaller(frame, node, read)
  const head = headOf({
    name: node.kind === 'macro' ? node.name : undefined,
    parameters: node.parameters.map(({ name }) => name),
    read,
    isTop: frame.isTop,
    source: making.source,
  })
  return op(making, 'macro', 'r', constant(making, head), functionOf(frame, node, head))
}

/** jinja2: a parameter of this name needs a default where the body calls it. */
function checkCaller(frame: Frame, node: Macro | CallBlock, read: ReadonlySet<string>): void {
  const declared = read.has('caller') && node.parameters.find(({ name }) => name === 'caller')
  if (!declared || declared.initial) return
  throw syntaxFailure(frame.unit.making.source, node.at, {
    kind: 'TemplateAssertionError',
    words:
      'When defining macros or call blocks the special "caller" argument must be omitted or be given ' +
      'a default.',
  })
}

/** `function(r, a)`: who runs it, and its arguments in the order of `head`. */
function functionOf(frame: Frame, node: Macro | CallBlock, head: MacroHead): string {
  const { making } = frame.unit
  const unit = newUnit(making)
  const symbols = innerSymbols(frame.symbols, () => fresh(unit, 'v'))
  const names = node.parameters.map(({ name }) => name)
  const analyse = () => {
    for (const name of names) declareParameter(symbols, name)
    for (const { initial } of node.parameters) if (initial) analyseExpression(symbols, initial)
    analyseBody(symbols, node.body)
  }
  // Twice, as jinja2 does: what the body reads of the special names is known only when they are declared.
  analyse()
  const given = [...names, ...head.special].map(name => declareParameter(symbols, name))
  analyse()
  const own: Frame = { ...frame, unit, symbols, isTop: false, isExtending: false }
  const { inner, empty } = bufferedFrame(own, node.body)
  const received = given.map((variable, i) => `${variable}=a[${i}];`).join('')
  const site = constant(making, head.site)
  const code = `${enter(symbols)}${defaults(inner, node.parameters, given)}${making.write(inner, node.body)}`
  return wrapped(unit, {
    parameters: 'r,a',
    at: node.at,
    before: `${empty}${received}`,
    body: code + leaving(making.mode.native ? buffered(inner, inner.out) : inner.out),
    site,
    isReturning: head.isTop,
  })
}

/** Defaults are made in order; each sees the parameters before it. */
function defaults(frame: Frame, parameters: readonly Parameter[], variables: readonly string[]): string {
  return parameters
    .map(({ name, initial }, index) => {
      const variable = variables[index] ?? ''
      const pending = new Set(variables.slice(index, parameters.length))
      return `if(${variable}===undefined)${variable}=${defaultOf({ ...frame, pending }, name, initial)};`
    })
    .join('')
}

function defaultOf(frame: Frame, name: string, initial: Expression | undefined): string {
  return initial ? value(frame, initial) : op(frame.unit.making, 'notProvided', literal(name))
}
