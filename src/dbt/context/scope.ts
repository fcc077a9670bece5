import { type Callable, HOST, type Host, type Scope, tupleOf, type Value } from '../../jinja/index.ts'
import type { MacroFacts } from '../face.ts'
import type { MacroIndex } from '../parse/macro-index.ts'
import type { MacroCode } from '../macros/code.ts'
import { hostType } from './host.ts'

/** What one kind of context has beside macros, made when it is first named. */
export type Members = ReadonlyMap<string, (context: Context) => Value>

/**
 * Everything that the templates of one node may name: macros as its package sees them, then what the
 * context brings.
 */
export type Context = Scope & {
  readonly names: () => readonly string[]
  /** What stands before macros and members from now on. */
  readonly set: (name: string, value: Value) => void
  /** A macro bound to this context. */
  readonly bound: (macro: MacroFacts) => Callable
}

export type ContextOptions = {
  readonly macros: MacroIndex
  readonly code: MacroCode
  /** The package whose eyes names are seen with. */
  readonly packageName: string
  readonly members: Members
  /** Stand-ins for macros, by id: a unit test's overrides. */
  readonly instead?: ReadonlyMap<string, Value>
  /** Members that are asked for anew each time. */
  readonly changing?: ReadonlySet<string>
}

export function createContext(options: ContextOptions): Context {
  const { macros, code, packageName, members, instead, changing } = options
  const known = new Map<string, Value>()
  const bounds = new Map<string, Callable>()
  const bound = (macro: MacroFacts): Callable => {
    const before = bounds.get(macro.unique_id)
    if (before) return before
    const made = (instead?.get(macro.unique_id) as Callable | undefined) ?? code.bind(macro, context)
    bounds.set(macro.unique_id, made)
    return made
  }
  const found = (name: string): Value | undefined => {
    const visible = macros.visible(packageName, name)
    if (visible instanceof Map) return new PackageValue(visible, bound)
    if (visible !== undefined) return bound(visible as MacroFacts)
    return members.get(name)?.(context)
  }
  const context: Context = {
    get: name => {
      const before = known.get(name)
      if (before !== undefined) return before
      const value = found(name)
      if (value !== undefined && changing?.has(name) !== true) known.set(name, value)
      return value
    },
    names: () => [...new Set([...known.keys(), ...members.keys(), ...macros.names(packageName)])],
    set: (name, value) => void known.set(name, value),
    bound,
  }
  known.set('context', new ContextValue(context))
  known.set('builtins', new MembersValue(members, context))
  return context
}

/** The macros of a package: `dbt_utils.star(…)`. */
class PackageValue implements Host {
  readonly macros: ReadonlyMap<string, MacroFacts>
  readonly bound: (macro: MacroFacts) => Callable
  readonly [HOST] = packageHost
  constructor(macros: ReadonlyMap<string, MacroFacts>, bound: (macro: MacroFacts) => Callable) {
    this.macros = macros
    this.bound = bound
  }
  get(name: string): Value | undefined {
    const macro = this.macros.get(name)
    return macro && this.bound(macro)
  }
  names(): readonly string[] {
    return [...this.macros.keys()]
  }
}

/** `context`: all that can be named, as a mapping. */
class ContextValue implements Host {
  readonly context: Context
  readonly [HOST] = contextHost
  constructor(context: Context) {
    this.context = context
  }
  get(name: string): Value | undefined {
    return this.context.get(name)
  }
  names(): readonly string[] {
    return this.context.names()
  }
}

/** `builtins`: what is there even if a macro has its name. */
class MembersValue implements Host {
  readonly members: Members
  readonly context: Context
  readonly [HOST] = membersHost
  constructor(members: Members, context: Context) {
    this.members = members
    this.context = context
  }
  get(name: string): Value | undefined {
    return this.members.get(name)?.(this.context)
  }
  names(): readonly string[] {
    return [...this.members.keys()]
  }
}

interface Named {
  get(name: string): Value | undefined
  names(): readonly string[]
}

/** Names and values as a dict has them: methods first, then what is named. */
function namesHost<Self extends Named>(name: string) {
  const methods = hostType<Self>(name, {
    methods: {
      get: [
        'key, default=None',
        (self, [key, otherwise]) => (typeof key === 'string' ? self.get(key) : undefined) ?? otherwise,
      ],
      keys: ['', self => [...self.names()]],
      values: ['', self => self.names().map(each => self.get(each) ?? null)],
      items: ['', self => self.names().map(each => tupleOf([each, self.get(each) ?? null]))],
      update: ['other', () => null],
    },
  })
  return {
    ...methods,
    item: (self: Self, key: Value) => (typeof key === 'string' ? self.get(key) : undefined),
    iterate: (self: Self) => self.names(),
    length: (self: Self) => self.names().length,
    contains: (self: Self, key: Value) => typeof key === 'string' && self.get(key) !== undefined,
    is: ['mapping'] as const,
  }
}

const packageHost = namesHost<PackageValue>('dict')
const contextHost = namesHost<ContextValue>('dict')
const membersHost = namesHost<MembersValue>('dict')
