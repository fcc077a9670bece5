import type { World, YamlObject } from '../../dbt/index.ts'
import { failure } from '../../errors/index.ts'
import type { DbtOptions } from './face.ts'
import type { Settings } from './settings.ts'

/** What a project says while it is worked with. */
export type Voices = {
  readonly say: World['say']
  /** Each warning is told once; where warnings are errors it is thrown. */
  readonly warn: World['warn']
  readonly warningsAreErrors: boolean
  /** What is not understood of the flags on this. */
  readonly odd: readonly string[]
}

export function voicesOf({ onEvent }: DbtOptions, settings: Settings): Voices {
  const warned = new Set<string>()
  const options = settings.mapping('warn-error-options')
  const warningsAreErrors = settings.isOn('warn-error') || allAreErrors(options)
  const prints = settings.choice('print') ?? true
  return {
    warningsAreErrors,
    odd: namesSome(options)
      ? ['`--warn-error-options` names single warnings of dbt: only `error: all` is understood here.']
      : [],
    say: (words, { toScreen, isAnswer = false }) => {
      if (isAnswer && prints) onEvent({ kind: 'print', words })
      if (!isAnswer && toScreen) onEvent({ kind: 'message', words })
    },
    warn: words => {
      if (warningsAreErrors) throw failure('SLUICE_DBT_WARNING', { words })
      if (!warned.has(words)) onEvent({ kind: 'warning', words })
      warned.add(words)
    },
  }
}

/** dbt's warnings have names, and ours have words: only all of them can be made errors. */
function allAreErrors({ error, include }: YamlObject): boolean {
  return [error, include].some(each => each === 'all' || each === '*')
}

function namesSome(options: YamlObject): boolean {
  return Object.values(options).some(each => Array.isArray(each) && each.length > 0)
}
