import {
  CALL,
  type Callable,
  Dict,
  Markup,
  type Named,
  Undefined,
  type Value,
  raise,
  repr,
  tupleOf,
} from '../values/index.ts'
import type { MacroHead } from './head.ts'
import type { Run } from './run.ts'
import { failureOf } from './trace.ts'

/**
 * The function of a macro: who runs it, and its arguments in the order of the head; `undefined` where none
 * was given.
 */
export type MacroFunction = (run: Run, values: readonly (Value | undefined)[]) => Value | Promise<Value>

/** A macro: called by templates, which hand their own run on, and by hosts. */
export class Macro implements Callable {
  readonly type = 'jinja2.runtime.Macro'
  readonly name: string
  readonly head: MacroHead
  private readonly run: Run | undefined
  private readonly body: MacroFunction | undefined
  /** A macro that is bound later has no run and no body of its own. */
  constructor(head: MacroHead, run?: Run, body?: MacroFunction) {
    this.name = head.name ?? 'caller'
    this.head = head
    this.run = run
    this.body = body
  }

  /** The run of a caller that is no template. */
  protected runFor(_waits: boolean): Run {
    return this.run ?? this.unbound()
  }

  protected bodyFor(_waits: boolean): MacroFunction {
    return this.body ?? this.unbound()
  }

  private unbound(): never {
    return raise('RuntimeError', `macro ${repr(this.head.name ?? null)} belongs to no template`)
  }

  /**
   * By a host that does not wait. A macro that belongs to a render which waits gives a promise all the
   * same.
   */
  [CALL](positional: readonly Value[], named?: Named): Value | Promise<Value> {
    return this.fromHost(false, positional, named)
  }

  /** By a host that waits. */
  async callWaiting(positional: readonly Value[], named?: Named): Promise<Value> {
    return await this.fromHost(true, positional, named)
  }

  private fromHost(waits: boolean, positional: readonly Value[], named?: Named): Value | Promise<Value> {
    const run = this.runFor(waits)
    if (run.depth === 0) run.iterations = 0
    try {
      const value = this.bodyFor(waits)(run, this.arranged(run, positional, named))
      return value instanceof Promise ? value.catch(rethrow) : value
    } catch (thrown) {
      throw failureOf(thrown)
    }
  }

  /** By a template. */
  invoke(run: Run, positional: readonly Value[], named: Named | undefined): Value | Promise<Value> {
    const value = this.bodyFor(run.mode.waits)(run, this.arranged(run, positional, named))
    if (!run.autoescape) return value
    return value instanceof Promise ? value.then(marked) : marked(value)
  }

  /** By a macro that stands for this one: its arguments are in order already. */
  invokeArranged(run: Run, values: readonly (Value | undefined)[]): Value | Promise<Value> {
    return this.bodyFor(run.mode.waits)(run, values)
  }

  attribute(name: string): Value | undefined {
    const { name: own, parameters, special, takesCaller } = this.head
    if (name === 'name') return own ?? null
    if (name === 'arguments') return tupleOf(parameters)
    if (name === 'catch_kwargs') return special.includes('kwargs')
    if (name === 'catch_varargs') return special.includes('varargs')
    if (name === 'caller') return takesCaller
    return name === 'explicit_caller' ? parameters.includes('caller') : undefined
  }

  /**
   * Arguments in the order of the head: parameters, then `caller`, `kwargs` and `varargs` where the body
   * reads them.
   */
  private arranged(
    run: Run,
    positional: readonly Value[],
    named: Named | undefined,
  ): readonly (Value | undefined)[] {
    const { parameters, special } = this.head
    const count = parameters.length
    if (special.length === 0 && positional.length <= count) {
      const usual = named === undefined ? positional : this.filled(positional, named)
      if (usual) return usual
    }
    const rest = new Map(named)
    const values: (Value | undefined)[] = positional.slice(0, count)
    for (let i = values.length; i < count; i++) {
      const name = parameters[i] ?? ''
      values.push(rest.get(name))
      rest.delete(name)
    }
    if (special.includes('caller')) values.push(this.caller(run, rest))
    if (special.includes('kwargs')) values.push(Dict.of(rest))
    else if (rest.size > 0) this.unknown(rest)
    if (special.includes('varargs')) values.push(tupleOf(positional.slice(count)))
    else if (positional.length > count) this.tooMany(count)
    return values
  }

  /** By position and by name; undefined: some name is no parameter. */
  private filled(positional: readonly Value[], named: Named): readonly (Value | undefined)[] | undefined {
    const { parameters } = this.head
    const values: (Value | undefined)[] = positional.slice()
    let used = 0
    for (let i = values.length; i < parameters.length; i++) {
      const value = named.get(parameters[i] ?? '')
      if (value !== undefined) used++
      values.push(value)
    }
    return used === named.size ? values : undefined
  }

  private caller(run: Run, rest: Map<string, Value>): Value {
    const caller = rest.get('caller') ?? null
    rest.delete('caller')
    return caller ?? new Undefined(run.dialect.undefined, { hint: 'No caller defined', name: 'caller' })
  }

  private unknown(rest: ReadonlyMap<string, Value>): never {
    const macro = `macro ${repr(this.head.name ?? null)}`
    if (rest.has('caller'))
      raise(
        'TypeError',
        `${macro} was invoked with two values for the special caller argument. This is most likely a bug.`,
      )
    return raise('TypeError', `${macro} takes no keyword argument ${repr([...rest.keys()][0] ?? null)}`)
  }

  private tooMany(count: number): never {
    return raise(
      'TypeError',
      `macro ${repr(this.head.name ?? null)} takes not more than ${count} argument(s)`,
    )
  }
}

/** What a bound macro makes when it is first called, once for callers that wait and once for others. */
type Binding = {
  readonly run: (waits: boolean) => Run
  readonly body: (waits: boolean) => MacroFunction
}

/** A macro of a template that is not being rendered, which sees a scope of its own. */
export class BoundMacro extends Macro {
  readonly #binding: Binding
  readonly #runs: (Run | undefined)[] = []
  readonly #bodies: (MacroFunction | undefined)[] = []
  constructor(head: MacroHead, binding: Binding) {
    super(head)
    this.#binding = binding
  }

  protected override runFor(waits: boolean): Run {
    return (this.#runs[Number(waits)] ??= this.#binding.run(waits))
  }

  protected override bodyFor(waits: boolean): MacroFunction {
    return (this.#bodies[Number(waits)] ??= this.#binding.body(waits))
  }
}

function rethrow(thrown: unknown): never {
  throw failureOf(thrown)
}

function marked(value: Value): Value {
  return typeof value === 'string' ? new Markup(value) : value
}
