/**
 * An exception of Python on its way through this room: `TypeError` and its words. A template's edge makes a
 * failure of it, which knows file, line, column and the macros on the way. It has no stack of JavaScript's,
 * so that raising costs little.
 */
export class Raised {
  /** The exception's name: `TypeError`, `UndefinedError` … */
  readonly kind: string
  readonly words: string
  constructor(kind: string, words: string) {
    this.kind = kind
    this.words = words
  }
}

/** `raise TypeError(words)`. */
export function raise(kind: string, words: string): never {
  throw raised(kind, words)
}

function raised(kind: string, words: string): Raised {
  return new Raised(kind, words)
}

/** Whether it is one of these exceptions. */
export function isRaised(thrown: unknown, ...kinds: readonly string[]): thrown is Raised {
  return thrown instanceof Raised && (kinds.length === 0 || kinds.includes(thrown.kind))
}

/** Python has it, this room does not: said by name, never done half. */
export function refuse(what: string): never {
  return raise('NotImplementedError', `${what} is not supported in templates`)
}

/** Something would grow beyond what a template may make: memory is the host's. */
export function tooLarge(what: string, max: number): never {
  return raise('LimitError', `${what} is larger than ${max}`)
}
