import { failure } from '../errors/index.ts'
import { check } from './check.ts'
import { type Mode } from './generate/index.ts'
import { type Limits, defaultLimits } from './limits.ts'
import { nativeJoin } from './native.ts'
import { type ParseOptions, type Tag, parse } from './parse/index.ts'
import type { Scope } from './render/context.ts'
import { operationsOf } from './render/operations.ts'
import type { RunParts } from './render/run.ts'
import { placeOf, type Source, sourceOf } from './source.ts'
import { type Ground, Template } from './template.ts'
import {
  type Dialect,
  type Filter,
  type Test,
  type UndefinedKind,
  type Value,
  builtinFilters,
  builtinGlobals,
  builtinTests,
  dialectOf,
  undefinedKinds,
} from './values/index.ts'

export type LanguageOptions = {
  /** Names that every template knows, beside jinja2's own. */
  readonly globals?: ReadonlyMap<string, Value>
  /** Filters and tests beside jinja2's own, or in their place. */
  readonly filters?: ReadonlyMap<string, Filter>
  readonly tests?: ReadonlyMap<string, Test>
  /** Statements of the host. */
  readonly tags?: ReadonlyMap<string, Tag>
  /** What a macro is called by those who call it; itself unless told. */
  readonly macroName?: (name: string) => string
  readonly limits?: Partial<Limits>
  /** How a missing value behaves; jinja2's default unless told. */
  readonly undefined?: UndefinedKind
  readonly trimBlocks?: boolean
  readonly lstripBlocks?: boolean
  readonly keepTrailingNewline?: boolean
  readonly autoescape?: boolean
  /**
   * The text of a template that another one names in `include`, `import` or `extends`; undefined: there is
   * none.
   */
  readonly load?: (name: string) => string | undefined
  /** What a native render makes of what it printed; jinja2's `nativetypes` unless told. */
  readonly join?: (values: readonly Value[]) => Value
}

export type CompileOptions = {
  /** The file that errors name. */
  readonly name?: string
  /** Where the text begins in its file; both count from 1. */
  readonly line?: number
  readonly column?: number
}

/** Jinja with a host's own words: frozen, and nothing in it is shared with another one. */
export type Language = {
  /** A template of a text; throws `SLUICE_JINJA_SYNTAX` where it is none. */
  readonly compile: (text: string, options?: CompileOptions) => Template
  readonly dialect: Dialect
}

/**
 * @example language({ globals }).compile('select {{ n }}', { name: 'models/a.sql' }).render(new Map([['n',
 * 1]]))
 */
export function language(options: LanguageOptions = {}): Language {
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const dialect = dialectOf({
    undefined: options.undefined ?? undefinedKinds.lenient,
    filters: new Map([...builtinFilters, ...(options.filters ?? [])]),
    tests: new Map([...builtinTests, ...(options.tests ?? [])]),
    limits,
  })
  const globals = new Map([...builtinGlobals(dialect), ...(options.globals ?? [])])
  const ground = groundOf(options, { dialect, limits, globals })
  const compile = (text: string, given: CompileOptions = {}): Template => {
    const source = sourceOf(text, { ...given, keepTrailingNewline: options.keepTrailingNewline ?? false })
    return templateOf(source, ground, dialect)
  }
  return Object.freeze({ compile, dialect })
}

function templateOf(source: Source, ground: Ground, dialect: Dialect): Template {
  try {
    const parsed = ground.parse(source)
    check(source, parsed, dialect)
    return new Template(source, parsed, ground)
  } catch (thrown) {
    // Brackets within brackets until the stack ends.
    if (!(thrown instanceof RangeError)) throw thrown
    throw failure(
      'SLUICE_JINJA_LIMIT',
      { words: 'the template is nested too deeply' },
      { at: placeOf(source, 0) },
    )
  }
}

type Known = { readonly dialect: Dialect; readonly limits: Limits; readonly globals: Scope }

function groundOf(options: LanguageOptions, { dialect, limits, globals }: Known): Ground {
  const parseOptions: ParseOptions = {
    trimBlocks: options.trimBlocks ?? false,
    lstripBlocks: options.lstripBlocks ?? false,
    tags: options.tags ?? new Map(),
    macroName: options.macroName ?? (name => name),
  }
  const autoescape = options.autoescape ?? false
  const known = new Map<string, Template>()
  const load = (name: string): Template | undefined => {
    const text = known.has(name) ? undefined : options.load?.(name)
    if (text !== undefined) {
      const source = sourceOf(text, { name, keepTrailingNewline: options.keepTrailingNewline ?? false })
      known.set(name, templateOf(source, ground, dialect))
    }
    return known.get(name)
  }
  const parts = (mode: Mode): RunParts => ({
    dialect,
    limits,
    mode,
    autoescape,
    join: options.join ?? nativeJoin,
    load,
    globals,
  })
  const made = new Map<Mode, RunParts>()
  const run = (mode: Mode): RunParts => {
    const found = made.get(mode) ?? parts(mode)
    made.set(mode, found)
    return found
  }
  const ground: Ground = {
    operations: operationsOf(dialect),
    parse: source => parse(source, parseOptions),
    run,
    autoescape,
  }
  return ground
}
