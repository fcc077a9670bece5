import { type Code, catalogue } from './catalogue.ts'
import type { Entry } from './entry.ts'

/** What a code means, before it happened to anybody: what is told of each case stands in capitals. */
export type Explained = {
  readonly code: Code
  readonly title: string
  readonly why: string | undefined
  readonly fix: string
  readonly retry: 'never' | 'later'
  readonly exit: 1 | 2 | 3
}

export function isCode(name: string): name is Code {
  return Object.hasOwn(catalogue, name)
}

/** The catalogue's sentences of one code, with placeholders: ``No asset is called `NAME`.`` */
export function explain(code: Code): Explained {
  const entry = catalogue[code] as Entry<unknown>
  const params = new Proxy({}, { get: (_, name) => placeholder(String(name)) })
  return {
    code,
    title: told(entry.title(params)),
    why: entry.why === undefined ? undefined : told(entry.why(params)),
    fix: told(entry.fix(params)),
    retry: entry.retry,
    exit: entry.exit,
  }
}

/** An entry may hand a placeholder on as it is, or have counted with it. */
function told(words: unknown): string {
  return String(words).replaceAll('NaN', 'N')
}

/**
 * A list of one word that is the word, too: sentences hold it, `or` walks it, and text can be replaced in it.
 */
function placeholder(name: string): readonly string[] {
  const word = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase()
  return new Proxy([word], {
    get: (list, key) => {
      if (key in list) return Reflect.get(list, key)
      const own: unknown = Reflect.get(Object(word), key)
      return typeof own === 'function' ? own.bind(word) : own
    },
  })
}
