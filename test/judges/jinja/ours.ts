import { Failure } from '../../../src/errors/index.ts'
import { Dict, type Language, language, repr, undefinedKinds, type Value } from '../../../src/jinja/index.ts'
import type { Case } from './cases/index.ts'
import type { Told } from './judge.ts'

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** JSON as a template's values. */
function valueOf(json: Json): Value {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(valueOf)
  return Dict.of(Object.entries(json).map(([name, value]) => [name, valueOf(value)] as const))
}

/** What our language makes of the cases. */
export function ours(cases: readonly Case[], context: { readonly [name: string]: Json }): readonly Told[] {
  const languages = new Map<string, Language>()
  return cases.map(each => {
    const key = JSON.stringify([each.undefined, each.options])
    const jinja = languages.get(key) ?? languageOf(each)
    languages.set(key, jinja)
    const scope = new Map(Object.entries(context).map(([name, value]) => [name, valueOf(value)] as const))
    try {
      const template = jinja.compile(each.template)
      return { text: each.native ? repr(template.native(scope)) : template.render(scope) }
    } catch (thrown) {
      return toldOf(thrown)
    }
  })
}

function languageOf({ undefined: kind, options }: Case): Language {
  return language({
    undefined: undefinedKinds[kind],
    trimBlocks: options.trim_blocks ?? false,
    lstripBlocks: options.lstrip_blocks ?? false,
    keepTrailingNewline: options.keep_trailing_newline ?? false,
  })
}

function toldOf(thrown: unknown): Told {
  if (!(thrown instanceof Failure)) throw thrown
  // Where Python runs out of memory, a limit of ours comes before.
  if (thrown.code === 'SLUICE_JINJA_LIMIT') return { kind: 'MemoryError', words: '' }
  const [, kind = thrown.code, words = ''] = /^(\w+): (.*)$/s.exec(thrown.why ?? '') ?? []
  // Python itself finds a `break` outside a loop, in the code that jinja2 made: its line is none of the
  // template's.
  if (thrown.code !== 'SLUICE_JINJA_SYNTAX' || kind === 'SyntaxError')
    return { kind, words: kind === 'RecursionError' ? '' : words }
  return { kind, words, line: thrown.at?.line ?? 0 }
}
