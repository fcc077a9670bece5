import type { Source } from '../source.ts'

/** Where a function of the generated code stands, for errors. */
export type Site = {
  readonly source: Source
  /** undefined: it is the template itself. */
  readonly macro: string | undefined
}

/** What a macro takes. */
export type MacroHead = {
  /** undefined: the body of a call block. */
  readonly name: string | undefined
  readonly parameters: readonly string[]
  /** What it is handed beside its parameters, in this order. */
  readonly special: readonly ('caller' | 'kwargs' | 'varargs')[]
  /** Defined at the top of its template: `return()` ends it. */
  readonly isTop: boolean
  /** Its body reads `caller`. */
  readonly takesCaller: boolean
  readonly site: Site
}

type Told = {
  readonly name: string | undefined
  readonly parameters: readonly string[]
  /** The special names that its body reads. */
  readonly read: ReadonlySet<string>
  readonly isTop: boolean
  readonly source: Source
}

export function headOf({ name, parameters, read, isTop, source }: Told): MacroHead {
  const special = (['caller', 'kwargs', 'varargs'] as const).filter(
    each => read.has(each) && !parameters.includes(each),
  )
  const site = { source, macro: name ?? 'caller' }
  return {
    name,
    parameters,
    special,
    isTop: isTop && name !== undefined,
    takesCaller: read.has('caller'),
    site,
  }
}
