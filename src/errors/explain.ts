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
  // An entry may hand a parameter on as it is: String makes words of the placeholder then.
  const params = new Proxy({}, { get: (_, name) => placeholder(String(name)) })
  return {
    code,
    title: String(entry.title(params)),
    why: entry.why === undefined ? undefined : String(entry.why(params)),
    fix: String(entry.fix(params)),
    retry: entry.retry,
    exit: entry.exit,
  }
}

/** A list of one word: in a sentence it reads as the word, and what joins names (`or`) can walk it. */
function placeholder(name: string): readonly string[] {
  return [name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase()]
}
