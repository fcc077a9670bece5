/** One kind of failure, as data. Sentences are the user's; the fix can be done or pasted. */
export type Entry<P> = {
  /** What happened: one sentence in the user's nouns. */
  readonly title: (params: P) => string
  /** Only where the reader could not know it. */
  readonly why?: (params: P) => string
  readonly fix: (params: P) => string
  readonly retry: 'never' | 'later'
  /**
   * 1 an asset or check failed · 2 the project or command is wrong · 3 a system outside could not be reached.
   */
  readonly exit: 1 | 2 | 3
}

/** Types the entry's parameters. */
export function entry<P>(data: Entry<P>): Entry<P> {
  return data
}

/** `a`, `b` or `c`. */
export function or(names: readonly string[]): string {
  return joined(names, 'or')
}

/** `a`, `b` and `c`. */
export function and(names: readonly string[]): string {
  return joined(names, 'and')
}

function joined(names: readonly string[], word: string): string {
  const quoted = names.map(name => `\`${name}\``)
  const last = quoted.at(-1) ?? ''
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(', ')} ${word} ${last}`
}
