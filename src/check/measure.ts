import type { Check, Verdict } from '../model/index.ts'
import { quoteAsset } from '../sql/index.ts'
import { spellingOf } from './dialect.ts'
import type { Finding } from './finding.ts'
import { probeOf } from './probe.ts'
import { promiseOf } from './promise.ts'
import { columnOf } from './rows.ts'
import { rowsSqlOf } from './samples.ts'
import type { Subject } from './subject.ts'

/**
 * The queries that decide a set of checks. Send each, in any order, and give the answers to `verdicts` in
 * this order.
 */
export type Measures = {
  readonly queries: readonly string[]
  /** Per query, the ids of the checks that need it. */
  readonly usedBy: readonly (readonly string[])[]
  readonly checks: readonly Measured[]
}

/** A check, and where its figures stand: which item of which query. */
type Measured = {
  readonly check: Check
  readonly rowsSql: string | undefined
  readonly figures: readonly Place[]
  readonly decide: (figures: readonly (string | null)[]) => Finding
}

type Place = { readonly query: number; readonly item: number }

/** What came back: rows of text, or words why none did. */
export type MeasureAnswer =
  | { readonly rows: readonly (readonly (string | null)[])[] }
  | { readonly failed: string }

/** What one SELECT holds; engines limit it (PostgreSQL to 1,664), and plans of more get slow. */
const itemsMax = 1000

/**
 * Fuse checks into few queries: what the columns tell needs none; all row checks and aggregates of the
 * relation share one SELECT; each key set is one GROUP BY; each relationship one anti-join. Same checks and
 * subject: same text.
 */
export function measure(checks: readonly Check[], subject: Subject): Measures {
  const grouped = fewValued(checks, subject)
  const scans = new Map<string, Map<string, Place>>()
  const queries: { from: string; items: string[]; usedBy: Set<string> }[] = []
  const place = (from: string, item: string, id: string): Place => {
    const scan = scans.get(from) ?? new Map<string, Place>()
    scans.set(from, scan)
    const known = scan.get(item)
    if (known !== undefined) {
      queries[known.query]?.usedBy.add(id)
      return known
    }
    let query = queries.findLastIndex(q => q.from === from)
    if (query < 0 || (queries[query]?.items.length ?? 0) >= itemsMax) {
      query = queries.push({ from, items: [], usedBy: new Set() }) - 1
    }
    const target = queries[query]
    const found = { query, item: (target?.items.push(item) ?? 1) - 1 }
    target?.usedBy.add(id)
    scan.set(item, found)
    return found
  }
  const shown = { ...subject, relation: quoteAsset(subject.asset) }
  const measured = checks.map(check => {
    const probe = probeOf(check, { ...subject, grouped })
    const rowsSql = rowsSqlOf(check, shown)
    if (!('reads' in probe)) return { check, rowsSql, figures: [], decide: () => probe }
    const figures = probe.reads.map(read => place(read.from, read.item, check.id))
    return { check, rowsSql, figures, decide: probe.decide }
  })
  return {
    queries: queries.map(({ from, items }) => `select ${items.join(', ')} from ${from}`),
    usedBy: queries.map(query => [...query.usedBy]),
    checks: measured,
  }
}

/** What the answers mean, one verdict per check, in the order of the checks. */
export function verdicts(measures: Measures, answers: readonly MeasureAnswer[]): readonly Verdict[] {
  return measures.checks.map(measured => {
    const figures: (string | null)[] = []
    for (const { query, item } of measured.figures) {
      const answer = answers[query]
      if (answer === undefined || 'failed' in answer) {
        const words = answer === undefined ? 'it was not asked' : withoutValues(answer.failed)
        return verdictOf(measured, { outcome: 'error', words: `could not be measured: ${words}` })
      }
      figures.push(answer.rows[0]?.[item] ?? null)
    }
    return verdictOf(measured, measured.decide(figures))
  })
}

function verdictOf({ check, rowsSql }: Measured, finding: Finding): Verdict {
  const { words, ...found } = finding
  const verdict = {
    check: check.id,
    severity: check.severity,
    ...found,
    words: `${promiseOf(check)}: ${words}`,
  }
  return (finding.failing ?? 0) > 0 && rowsSql !== undefined ? { ...verdict, rowsSql } : verdict
}

/**
 * Measure and judge. When a fused query fails, each of its checks is asked alone, so that one check's wrong
 * SQL is that check's verdict only. (An error while rows are read ends a DuckDB transaction; inside one,
 * all of them then say so.)
 */
export async function audit(
  checks: readonly Check[],
  subject: Subject,
  ask: (sql: string) => Promise<MeasureAnswer>,
): Promise<readonly Verdict[]> {
  const measures = measure(checks, subject)
  const answers: MeasureAnswer[] = []
  for (const sql of measures.queries) answers.push(await ask(sql))
  const found = [...verdicts(measures, answers)]
  for (const [index, { figures, check }] of measures.checks.entries()) {
    const failed = figures.some(({ query }) => 'failed' in (answers[query] ?? {}))
    if (!failed || figures.every(({ query }) => measures.usedBy[query]?.length === 1)) continue
    const alone = measure([check], subject)
    const asked: MeasureAnswer[] = []
    for (const sql of alone.queries) asked.push(await ask(sql))
    const [verdict] = verdicts(alone, asked)
    if (verdict !== undefined && verdict.outcome !== 'error') found[index] = verdict
    else if (verdict !== undefined && !verdict.words.includes('TransactionContext')) found[index] = verdict
  }
  return found
}

/**
 * What an engine says while it binds names only the project; once it reads rows its words may hold their
 * values.
 */
function withoutValues(words: string): string {
  const line = words.split('\n')[0] ?? ''
  if (/\b(?:Binder|Catalog|Parser|Syntax) Error\b/.test(line)) return line
  return /\b[A-Z]\w*(?: [A-Z]?\w+){0,3} Error\b/.exec(line)?.[0] ?? 'the query failed'
}

/**
 * Text columns that promise few values (`in`): their row checks are decided on the values, not on the rows.
 * 19 values in 10 M rows: 20 ms of CPU instead of 430; if the promise is badly broken it costs one GROUP BY
 * more.
 */
function fewValued(checks: readonly Check[], subject: Subject): ReadonlySet<string> {
  const few = new Set<string>()
  if (!spellingOf(subject.dialect).cheapGroups) return few
  for (const check of checks) {
    const column = columnOf(check.columns[0] ?? '', subject.columns)
    if (check.check !== 'in' || check.where !== undefined || !('sql' in column)) continue
    if (column.family.kind === 'text' || column.family.kind === 'enum') few.add(column.sql)
  }
  return few
}
