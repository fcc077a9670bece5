import {
  CALL,
  type Callable,
  type Language,
  Macro,
  type Named,
  type Scope,
  type Template,
  type Value,
} from '../../jinja/index.ts'
import type { MacroFacts } from '../face.ts'

/** Compiled templates of macros and nodes: each text is compiled once, when it is first needed. */
export type MacroCode = {
  readonly language: Language
  /** The macro as a function that sees what the scope names. */
  readonly bind: (macro: MacroFacts, scope: Scope) => Callable
  readonly template: (text: string, source: { readonly name: string; readonly line?: number }) => Template
}

export function macroCode(language: Language): MacroCode {
  const compiled = new WeakMap<MacroFacts, Template>()
  const templateOf = (macro: MacroFacts): Template => {
    const before = compiled.get(macro)
    if (before) return before
    const { original_file_path: name, line } = macro
    const made = language.compile(macro.macro_sql, { name, line: typeof line === 'number' ? line : 1 })
    compiled.set(macro, made)
    return made
  }
  return {
    language,
    bind: (macro, scope) => templateOf(macro).macro(macro.name, scope),
    template: (text, source) => language.compile(text, source),
  }
}

/** Call a macro, or what stands in for it, and wait for what it calls. */
export async function callWaiting(
  macro: Callable,
  positional: readonly Value[] = [],
  named?: Named,
): Promise<Value> {
  return macro instanceof Macro ? macro.callWaiting(positional, named) : macro[CALL](positional, named)
}
