import type { Check } from '../model/index.ts'
import { quoteAsset, quoteText } from '../sql/index.ts'
import { keyOf, orphansOf } from './probe.ts'
import { text } from './promise.ts'
import { columnOf, fenced, rowRule } from './rows.ts'
import type { Subject } from './subject.ts'
import { vocabulary } from './vocabulary.ts'

/** SQL that shows the rows which break a check; undefined: it is not about rows, or does not apply. */
export function rowsSqlOf(check: Check, subject: Subject): string | undefined {
  if (check.check === 'query') return text(check.args, 'sql').replace(/;\s*$/, '')
  if (check.check === 'equal_to_other_table') return differenceSql(check, subject)
  if (check.check === 'relationships') {
    return orphanRowsSql(check, subject)
  }
  const condition = conditionOf(check, subject)
  return condition === undefined ? undefined : `select * from ${subject.relation} where ${condition}`
}

function conditionOf(check: Check, subject: Subject): string | undefined {
  if (vocabulary[check.check].kind === 'row') {
    const rule = rowRule(check, subject)
    if ('problem' in rule) return undefined
    return rule.where === undefined ? rule.bad : `${rule.where} and ${rule.bad}`
  }
  if (check.check === 'increasing') return increasingSql(check, subject)
  if (check.check !== 'unique' && check.check !== 'compound_unique') return undefined
  const key = keyOf(check, subject)
  if ('problem' in key) return undefined
  const names = key.names.join(', ')
  return `${key.where} qualify count(*) over (partition by ${names}) > 1`
}

function increasingSql(check: Check, subject: Subject): string | undefined {
  const column = columnOf(check.columns[0] ?? '', subject.columns)
  const by = columnOf(text(check.args, 'by'), subject.columns)
  if ('problem' in column || 'problem' in by) return undefined
  const where = check.where === undefined ? '' : `${fenced(check.where)} and `
  const before = `lag(${column.sql}) over (order by ${by.sql}, ${column.sql})`
  const fails = check.args['strictly'] === true ? '<=' : '<'
  return `${where}${column.sql} is not null qualify ${column.sql} ${fails} ${before}`
}

/**
 * The orphans' values first, then their rows: the anti-join itself would carry every column (5.0 s of CPU,
 * not 1.0).
 */
function orphanRowsSql(check: Check, subject: Subject): string | undefined {
  const orphans = orphansOf(check, subject)
  if ('problem' in orphans) return undefined
  const { column, from } = orphans
  const where = check.where === undefined ? '' : `${fenced(check.where)} and `
  return `select * from ${subject.relation} where ${where}${column} in (select s.${column} from ${from})`
}

function differenceSql(check: Check, subject: Subject): string {
  const asset = text(check.args, 'asset')
  const other = subject.relationOf?.(asset) ?? quoteAsset(asset)
  return `from ${subject.relation} except all from ${other}`
}

/**
 * One query for sample rows of the checks that failed: (check, row as JSON), at most `rowsMax` each. Only
 * for showing: rows are data, and never go into the ledger, a log or an error. undefined: none of the
 * checks is about rows.
 */
export function samples(failed: readonly Check[], subject: Subject, rowsMax: number): string | undefined {
  const parts: string[] = []
  for (const check of failed) {
    const sql = rowsSqlOf(check, subject)
    if (sql === undefined) continue
    const rows = `(select * from (${sql}\n) limit ${Math.floor(rowsMax)}) as t`
    parts.push(`select ${quoteText(check.id)} as "check", cast(to_json(t) as VARCHAR) as "row" from ${rows}`)
  }
  return parts.length === 0 ? undefined : parts.join('\nunion all\n')
}
