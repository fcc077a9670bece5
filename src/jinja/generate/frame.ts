import type { Source } from '../source.ts'
import type { Body } from '../tree.ts'
import { walk } from '../walk.ts'
import type { Symbols } from './symbols.ts'

/** What the generated code does with what a template prints, and whether it waits for what it calls. */
export type Mode = {
  /** Calls that give promises are waited for. */
  readonly waits: boolean
  /** What is printed stays a value until all of it is joined. */
  readonly native: boolean
}

/** The making of one template's code. */
export type Making = {
  readonly source: Source
  readonly mode: Mode
  readonly autoescape: boolean
  /** Values that the code needs and cannot write: `K0`, `K1` … */
  readonly constants: Map<unknown, string>
  /** Operations that the code calls by their names. */
  readonly operations: Set<string>
  /** Filters and tests by the names of their variables. */
  readonly applied: Map<string, { readonly kind: 'filter' | 'test'; readonly name: string }>
  /** Functions of blocks, by their names. */
  readonly blocks: Map<string, string>
  /** Statements as code. */
  readonly write: (frame: Frame, body: Body) => string
  /** It has an `extends`: what stands outside of blocks is left out. */
  readonly isExtending: boolean
  count: number
}

/** One function of the generated code. */
export type Unit = {
  readonly making: Making
  /** Variables that it declares. */
  readonly locals: string[]
}

/** Where a statement stands. */
export type Frame = {
  readonly unit: Unit
  readonly symbols: Symbols
  /** What is assigned here can be imported by others. */
  readonly isTop: boolean
  /** The variable of the text, or values, that are printed. */
  readonly out: string
  /** `true`, `false`, or the variable that holds it. */
  readonly autoescape: string
  /** Variables of parameters whose defaults are still to come: they may be missing. */
  readonly pending: ReadonlySet<string>
  /** What is printed here is left out where the template extends another one. */
  readonly isExtending: boolean
  /** It is worked out as jinja2 does while it compiles: a constant that is printed. */
  readonly isFolding?: boolean
  /** Counts what is put out, as Python's list of it does; absent: nothing here asks. */
  readonly counter?: string | undefined
}

export function newUnit(making: Making): Unit {
  return { making, locals: [] }
}

/** A variable that nobody else has. */
export function fresh({ making, locals }: Unit, prefix = 't'): string {
  const name = `${prefix}${making.count++}`
  locals.push(name)
  return name
}

/** Calls an operation: `add(a,b)`. */
export function op({ operations }: Making, name: string, ...values: readonly string[]): string {
  operations.add(name)
  return `${name}(${values.join(',')})`
}

/** A value that is made once. */
export function constant({ constants }: Making, value: unknown): string {
  const known = constants.get(value)
  if (known !== undefined) return known
  const name = `K${constants.size}`
  constants.set(value, name)
  return name
}

/** A text as the code writes it. */
export function literal(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

/**
 * From this length on (characters) a text is handed to the code: neither quoted nor parsed, it costs
 * nothing.
 */
const heldChars = 40

/** A text that is printed as it stands. */
export function held(making: Making, text: string): string {
  return text.length < heldChars ? literal(text) : constant(making, text)
}

/** Where the code is, for errors: handed along as an argument nobody reads, so that it is set last. */
export function place(at: number): string {
  return `p=${at}`
}

/** What may be a promise, as a value. */
export function settled({ making }: Unit, code: string): string {
  if (!making.mode.waits) return `((t=${code}) instanceof Promise?${op(making, 'now', 't')}:t)`
  return `((t=${code}) instanceof Promise?await t:t)`
}

/** A frame with names of its own inside of another one. */
export function innerFrame(frame: Frame, symbols: Symbols): Frame {
  return { ...frame, symbols, isTop: false }
}

/** A frame whose body prints into a buffer of its own, and the code that empties it. */
export function bufferedFrame(frame: Frame, body: Body): { inner: Frame; empty: string } {
  const { unit } = frame
  const out = fresh(unit, 'o')
  const counter = printsRaw(body) ? fresh(unit, 'n') : undefined
  const count = counter === undefined ? '' : `${counter}=0;`
  const empty = unit.making.mode.native ? '[]' : "''"
  return { inner: { ...frame, out, counter }, empty: `${out}=${empty};${count}` }
}

/** Whether a body prints something that is not asked for its `str`: only an error of that needs to count. */
function printsRaw(body: Body): boolean {
  let found = false
  walk(body, node => {
    if (node.kind === 'call block' || node.kind === 'filter block' || (node.kind === 'for' && node.recursive))
      found = true
    return !found
  })
  return found
}

/** What a buffer holds, as the value of a `set` block, a macro … */
export function buffered({ unit: { making }, autoescape }: Frame, out: string): string {
  if (making.mode.native) return `r.joined(${out})`
  return autoescape === 'false' ? out : op(making, 'marked', autoescape, out)
}

/** Prints a piece of code's value. */
export function printed({ unit: { making }, out }: Frame, code: string): string {
  return making.mode.native ? `${out}.push(${code});` : `${out}+=${code};`
}

/** Prints what must be a text already: jinja2 does not ask for its `str`. */
export function printedRaw(frame: Frame, code: string, at: number): string {
  const { making } = frame.unit
  if (making.mode.native) return printed(frame, code)
  const { counter = '0' } = frame
  const count = counter === '0' ? counter : `${counter}++`
  return printed(frame, op(making, 'raw', code, count, place(at)))
}

type Function = {
  readonly parameters: string
  /** Where it begins. */
  readonly at: number
  /** What is done before anything can fail. */
  readonly before: string
  /** It ends with `leaving(…)`. */
  readonly body: string
  /** Where it stands, for errors; `null`: it is a part of the function around it. */
  readonly site: string
  /** `return(value)` ends it. */
  readonly isReturning?: boolean
}

/** A function of the code, with its errors traced to their places. */
export function wrapped(
  { making, locals }: Unit,
  { parameters, at, before, body, site, isReturning }: Function,
): string {
  const declared = [`p=${at}`, 't', ...locals].join(',')
  const caught = isReturning ? `if(${returned(making)})return e.value;` : ''
  return (
    `${making.mode.waits ? 'async ' : ''}function(${parameters}){let ${declared};${before}` +
    `try{if(++r.depth>r.depthMax)r.tooDeep();${body}}` +
    `catch(e){r.depth--;${caught}throw ${op(making, 'traced', 'e', site, 'p')}}}`
  )
}

/** The end of a function: what it gives. */
export function leaving(code: string): string {
  return `t=${code};r.depth--;return t`
}

function returned({ operations }: Making): string {
  operations.add('Returned')
  return 'e instanceof Returned'
}
