import type { Value } from '../values/index.ts'
import type { BlockFunction, Loaded, Rendering } from './run.ts'

/** Where a template finds the names that it does not make itself. */
export type Scope = {
  /** JavaScript's `undefined`: there is no such name. */
  readonly get: (name: string) => Value | undefined
}

/** What one template, and those it extends, know while they are rendered. */
export class Context {
  /** What the template assigned at its top; undefined: nobody asks. */
  readonly vars: Map<string, Value> | undefined
  private hidden: Set<string> | undefined
  private known: Map<string, BlockFunction[]> | undefined
  /** The template that this one extends. */
  parent: Loaded | undefined
  private readonly scope: Scope
  private readonly globals: Scope | undefined
  /** `globals` are looked at last. */
  constructor(scope: Scope, vars?: Map<string, Value>, globals?: Scope) {
    this.scope = scope
    this.vars = vars
    this.globals = globals
  }

  get(name: string): Value | undefined {
    const own = this.vars?.get(name)
    if (own !== undefined) return own
    const given = this.scope.get(name)
    return given === undefined ? this.globals?.get(name) : given
  }

  /** A name at the top that others do not import: it was imported itself. */
  hide(name: string): void {
    this.hidden ??= new Set()
    this.hidden.add(name)
  }

  /** Blocks of this name, that of the most derived template first. */
  blocks(name: string): readonly BlockFunction[] {
    return this.known?.get(name) ?? []
  }

  /** Blocks of a template that this one extends stand behind its own. */
  add(blocks: Rendering['blocks']): void {
    if (blocks.length === 0) return
    this.known ??= new Map()
    for (const [name, block] of blocks) this.known.set(name, [...this.blocks(name), block])
  }

  /** The same with names of an inner frame, for a scoped block or an included template. */
  within(locals: readonly (readonly [string, Value | undefined])[]): Context {
    const own = new Map<string, Value>()
    for (const [name, value] of locals) if (value !== undefined) own.set(name, value)
    const inner = new Context(this, own)
    inner.known = this.known
    return inner
  }

  /** What others see of it when they import it. */
  exported(): ReadonlyMap<string, Value> {
    return new Map(
      [...(this.vars ?? [])].filter(([name]) => !name.startsWith('_') && this.hidden?.has(name) !== true),
    )
  }
}
