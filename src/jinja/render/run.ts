import type { Mode } from '../generate/index.ts'
import type { Limits } from '../limits.ts'
import {
  type Dialect,
  Dict,
  type MethodCall,
  type Named,
  type Value,
  callMethod,
  callValue,
  getattr,
  isHost,
  methodOf,
  raise,
} from '../values/index.ts'
import type { Context, Scope } from './context.ts'
import { Macro } from './macro.ts'
import { now } from './now.ts'

/** What a template or a block prints: a text, or values in a native render. */
export type Printed = string | Value[]

export type RootFunction = (run: Run, context: Context) => Printed | Promise<Printed>
/** `depth`: how many blocks of more derived templates stand before it. */
export type BlockFunction = (run: Run, context: Context, depth: number) => Printed | Promise<Printed>

/** A template as functions. */
export type Rendering = {
  readonly root: RootFunction
  readonly blocks: readonly (readonly [name: string, block: BlockFunction])[]
}

/** A template as others load it. */
export type Loaded = {
  readonly name: string
  readonly rendering: (mode: Mode) => Rendering
}

export type RunParts = {
  readonly dialect: Dialect
  readonly limits: Limits
  readonly mode: Mode
  readonly autoescape: boolean
  /** What a native render makes of the values that it printed. */
  readonly join: (values: readonly Value[]) => Value
  /** A template by name; undefined: there is none. */
  readonly load: (name: string) => Loaded | undefined
  /** Names that every template knows: an imported one sees no others. */
  readonly globals: Scope
}

/** One render: how far it is within its limits, and how it calls. */
export class Run {
  readonly dialect: Dialect
  readonly mode: Mode
  readonly parts: RunParts
  autoescape: boolean
  iterations = 0
  /** Functions of the generated code within each other: they count themselves. */
  depth = 0
  readonly depthMax: number
  readonly iterationsMax: number
  /** Of a text; of a native render, values. */
  readonly charsMax: number
  constructor(parts: RunParts) {
    this.dialect = parts.dialect
    this.mode = parts.mode
    this.autoescape = parts.autoescape
    this.depthMax = parts.limits.callDepthMax
    this.iterationsMax = parts.limits.iterationsMax
    this.charsMax = parts.limits.outputCharsMax
    this.parts = parts
  }

  tooDeep(): never {
    return raise('LimitError', `macros call each other more than ${this.depthMax} deep`)
  }

  tooManyTurns(): never {
    return raise('LimitError', `loops turn more than ${this.iterationsMax} times`)
  }

  tooLong(): never {
    return raise('LimitError', `more than ${this.charsMax} characters are printed`)
  }

  call(fn: Value, positional: readonly Value[], named: Named | undefined): Value {
    const value = fn instanceof Macro ? fn.invoke(this, positional, named) : callValue(fn, positional, named)
    return typeof value === 'object' ? now(value) : value
  }

  callWaiting(fn: Value, positional: readonly Value[], named: Named | undefined): Value | Promise<Value> {
    if (fn instanceof Macro) return fn.invoke(this, positional, named)
    return callValue(fn, positional, named)
  }

  method(holder: Value, call: MethodCall): Value {
    return now(this.methodWaiting(holder, call))
  }

  methodWaiting(holder: Value, call: MethodCall): Value | Promise<Value> {
    const isPython =
      !isHost(holder) && (!(holder instanceof Dict) || methodOf(holder, call.name) !== undefined)
    if (isPython) return callMethod(this.dialect, holder, call)
    return this.callWaiting(getattr(this.dialect, holder, call.name), call.positional, call.named)
  }

  joined(values: readonly Value[]): Value {
    return this.parts.join(values)
  }
}
