import type { Check } from '../model/index.ts'
import type { Finding } from './finding.ts'
import { fenced, type Problem } from './rows.ts'
import type { Subject } from './subject.ts'

/** One figure to be read: an item of a SELECT over `from`. Reads over the same `from` share one query. */
export type Read = { readonly from: string; readonly item: string }

/**
 * How a check is decided: at once, or from figures that are read. Text in, so that no digit is lost on the
 * way.
 */
export type Probe =
  | Finding
  | { readonly reads: readonly Read[]; readonly decide: (figures: readonly (string | null)[]) => Finding }

/** A subject, and its columns (as SQL) whose row checks are decided value by value. */
export type Within = Subject & { readonly grouped: ReadonlySet<string> }

export type ProbeOf = (check: Check, subject: Within) => Probe | Problem

/** Counts the rows that a check looks at. */
export function lookedAt(where: string | undefined, column: string | undefined): string {
  if (where === undefined) return `count(${column ?? '*'})`
  return `count(case when ${where} then ${column ?? '1'} end)`
}

/** Counts all rows, those outside `where` aside. */
export function counted(check: Check): string {
  return lookedAt(check.where === undefined ? undefined : fenced(check.where), undefined)
}
