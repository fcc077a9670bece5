import { type Failure, failure } from '../errors/index.ts'
import { type Code, type Mode, generate } from './generate/index.ts'
import type { Parsed } from './parse/index.ts'
import { Context, type Scope } from './render/context.ts'
import { type MacroHead, headOf } from './render/head.ts'
import { BoundMacro, type Macro, type MacroFunction } from './render/macro.ts'
import type { Operations } from './render/operations.ts'
import { type Loaded, type Printed, type Rendering, Run, type RunParts } from './render/run.ts'
import { failureOf } from './render/trace.ts'
import { type Source, placeOf } from './source.ts'
import type { Body, Macro as MacroNode, Statement } from './tree.ts'
import { type Value, raise } from './values/index.ts'
import { undeclared } from './walk.ts'

/** What a template needs of its language. */
export type Ground = {
  readonly operations: Operations
  readonly parse: (source: Source) => Parsed
  readonly run: (mode: Mode) => RunParts
  readonly autoescape: boolean
}

/** A macro as it is declared. */
export type MacroFacts = {
  readonly name: string
  readonly parameters: readonly { readonly name: string; readonly default: string | undefined }[]
  readonly line: number
  readonly column: number
}

const modes: readonly Mode[] = [
  { waits: false, native: false },
  { waits: true, native: false },
  { waits: false, native: true },
  { waits: true, native: true },
]

/**
 * A template that was read: rendered as often as one likes, at once or waiting for what it calls. Its code
 * is made when it is first rendered; then its tree is let go, and read again if somebody asks.
 */
export class Template implements Loaded {
  readonly name: string
  readonly source: Source
  /** The macros at its top. */
  readonly macros: readonly MacroFacts[]
  readonly #ground: Ground
  readonly #heads: ReadonlyMap<string, MacroHead>
  readonly #renderings: (Made | undefined)[] = []
  #parsed: Parsed | undefined
  constructor(source: Source, parsed: Parsed, ground: Ground) {
    this.name = source.name
    this.source = source
    this.#ground = ground
    this.#parsed = parsed
    const nodes = macrosOf(parsed.body)
    this.macros = nodes.map(node => factsOf(source, node))
    this.#heads = new Map(nodes.map(node => [node.name, headOfNode(source, node)]))
  }

  /** Its statements, for questions that need no render. */
  get tree(): Body {
    return (this.#parsed ?? this.#ground.parse(this.source)).body
  }

  /** The text, at once: a call that must be waited for is an error. */
  render(scope: Scope): string {
    return this.#start(0, scope) as string
  }

  /** The text, waiting for what it calls. */
  async renderAsync(scope: Scope): Promise<string> {
    return (await this.#start(1, scope)) as string
  }

  /** What it prints as a value: `{{ 1 }}` is an int. */
  native(scope: Scope): Value {
    return this.#joined(2, this.#start(2, scope) as readonly Value[])
  }

  async nativeAsync(scope: Scope): Promise<Value> {
    return this.#joined(3, (await this.#start(3, scope)) as readonly Value[])
  }

  /**
   * A macro of its top, which sees this scope. Called by a template it waits if that one does; a host calls
   * it by `CALL`, or by `callWaiting`.
   */
  macro(name: string, scope: Scope): Macro {
    const head = this.#heads.get(name)
    if (!head) throw noMacro(this.name, name)
    return new BoundMacro(head, {
      run: waits => new Run(this.#ground.run(modeOf(waits))),
      body: waits => this.#bodyOf(name, scope, waits),
    })
  }

  /** @internal What others that load it render. */
  rendering(mode: Mode): Rendering {
    return this.#made(modes.findIndex(each => each.waits === mode.waits && each.native === mode.native))
  }

  #made(index: number): Made {
    return (this.#renderings[index] ??= this.#make(modes[index] as Mode))
  }

  #make(mode: Mode): Made {
    const { operations, autoescape, run } = this.#ground
    const code = generate(this.source, this.tree, { mode, autoescape })
    this.#parsed = undefined
    const parts = run(mode)
    const { dialect } = parts
    const applied = code.applied.map(({ kind, name }) => {
      const known = kind === 'filter' ? dialect.filters.get(name) : dialect.tests.get(name)
      return known ?? (() => raise('TemplateRuntimeError', `No ${kind} named '${name}' found.`))
    })
    // Code is made from the tree alone (generate/index.ts); this is the one place where a template becomes
    // a program.
    const made = new Function('R', 'K', 'A', code.text) as Program
    return { ...made(operations, code.constants, applied), isShared: code.isShared, parts }
  }

  #start(index: number, scope: Scope): Printed | Promise<Printed> {
    try {
      const { root, blocks, isShared, parts } = this.#made(index)
      const context = new Context(scope, isShared ? new Map() : undefined, parts.globals)
      context.add(blocks)
      const printed = root(new Run(parts), context)
      return printed instanceof Promise ? printed.catch(rethrow) : printed
    } catch (thrown) {
      throw failureOf(thrown)
    }
  }

  #joined(index: number, values: readonly Value[]): Value {
    try {
      return this.#ground.run(modes[index] as Mode).join(values)
    } catch (thrown) {
      throw failureOf(thrown)
    }
  }

  /** The function of a macro: the template is run for the names at its top. */
  #bodyOf(name: string, scope: Scope, waits: boolean): MacroFunction {
    const { root, blocks } = this.#made(Number(waits))
    const parts = this.#ground.run(modeOf(waits))
    const vars = new Map<string, Value>()
    const context = new Context(scope, vars, parts.globals)
    context.add(blocks)
    const ready = root(new Run(parts), context)
    const invoke: MacroFunction = (run, values) => (vars.get(name) as Macro).invokeArranged(run, values)
    return ready instanceof Promise ? (run, values) => ready.then(() => invoke(run, values)) : invoke
  }
}

type Made = Rendering & { readonly isShared: boolean; readonly parts: RunParts }
type Program = (
  operations: Operations,
  constants: Code['constants'],
  applied: readonly unknown[],
) => Rendering

function noMacro(template: string, name: string): Failure {
  const words = `'${template}' has no macro '${name}'`
  return failure('SLUICE_JINJA_RENDER', { kind: 'UndefinedError', words })
}

function modeOf(waits: boolean): Mode {
  return modes[Number(waits)] as Mode
}

function rethrow(thrown: unknown): never {
  throw failureOf(thrown)
}

/** Macros at the top of a template, and in an `if` there. */
function macrosOf(body: Body): readonly MacroNode[] {
  return body.flatMap((statement: Statement): readonly MacroNode[] => {
    if (statement.kind === 'macro') return [statement]
    if (statement.kind !== 'if') return []
    return [...statement.branches.flatMap(branch => macrosOf(branch.body)), ...macrosOf(statement.otherwise)]
  })
}

function factsOf(source: Source, { name, parameters, at }: MacroNode): MacroFacts {
  const { line, column } = placeOf(source, at)
  return { name, parameters: parameters.map(each => ({ name: each.name, default: each.text })), line, column }
}

function headOfNode(source: Source, { name, parameters, body }: MacroNode): MacroHead {
  const read = undeclared(body, ['caller', 'kwargs', 'varargs'])
  return headOf({ name, parameters: parameters.map(each => each.name), read, isTop: true, source })
}
