import type { ColumnType } from '../../model/index.ts'
import type { Session } from '../session.ts'

/**
 * A column of text whose type is asked for. `strings`: its values were strings at the source, so digits are
 * no numbers.
 */
export type Suspect = { readonly name: string; readonly text: string; readonly strings?: boolean }

/**
 * The narrowest type that holds every text of a column without losing a character that matters: `007` is no
 * number (it would lose its zeros), a number with more digits than a double keeps is a DECIMAL or stays text,
 * a date is one only in ISO order (03/04/2020 is two dates). One pass for the cheap questions; patterns only
 * for columns that may be numbers or times.
 */
export async function inferTypes(
  session: Session,
  relation: string,
  suspects: readonly Suspect[],
): Promise<readonly ColumnType[]> {
  const types: ColumnType[] = []
  // Few columns at a time keep the query within what the planner likes; each pass reads only its columns.
  for (let first = 0; first < suspects.length; first += 50)
    types.push(...(await inferSome(session, relation, suspects.slice(first, first + 50))))
  return types
}

const measures = 9

async function inferSome(
  session: Session,
  relation: string,
  suspects: readonly Suspect[],
): Promise<readonly ColumnType[]> {
  const row = await session.row(
    `select ${suspects.map(({ text }) => asked(text)).join(',\n')} from ${relation}`,
  )
  const firstGuess = suspects.map((_, i) => row.slice(i * measures, (i + 1) * measures).map(Number))
  const types: ColumnType[] = []
  for (const [i, suspect] of suspects.entries())
    types.push(await decide(session, relation, { suspect, counts: firstGuess[i] ?? [] }))
  return types
}

/** Counts, in the order that `decide` reads them. */
function asked(text: string): string {
  const when = (condition: string) => `count(case when ${condition} then 1 end)`
  return [
    `count(${text})`,
    when(`${text} in ('true', 'false', 'True', 'False', 'TRUE', 'FALSE')`),
    when(`try_cast(${text} as bigint)::varchar = ${text}`),
    when(`try_cast(${text} as hugeint)::varchar = ${text}`),
    when(`try_cast(${text} as double) is not null`),
    when(`try_cast(${text} as date)::varchar = ${text}`),
    when(`try_cast(${text} as timestamptz) is not null and length(${text}) >= 16`),
    when(`length(${text}) > 15`),
    when(`${text} = ''`),
  ].join(', ')
}

async function decide(
  session: Session,
  relation: string,
  { suspect, counts }: { readonly suspect: Suspect; readonly counts: readonly number[] },
): Promise<ColumnType> {
  const [all = 0, booleans, bigints, hugeints, doubles, dates, times, long = 0] = counts
  const { text, strings } = suspect
  if (all === 0) return 'VARCHAR'
  if (dates === all) return 'DATE'
  if (times === all) return timeType(session, relation, text)
  if (strings) return 'VARCHAR'
  if (booleans === all) return 'BOOLEAN'
  if (bigints === all) return 'BIGINT'
  if (hugeints === all) return 'HUGEINT'
  return doubles === all ? numberType(session, relation, { text, long: long > 0 }) : 'VARCHAR'
}

async function timeType(session: Session, relation: string, text: string): Promise<ColumnType> {
  const iso = String.raw`\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?`
  const [plain, zoned, all] = await session.row(`select
    count(case when regexp_full_match(${text}, '${iso}') then 1 end),
    count(case when regexp_full_match(${text}, '${iso} ?(Z|[+-]\\d\\d(:?\\d\\d)?)') then 1 end),
    count(${text}) from ${relation}`)
  if (plain === all) return 'TIMESTAMP'
  return zoned === all ? 'TIMESTAMP WITH TIME ZONE' : 'VARCHAR'
}

async function numberType(
  session: Session,
  relation: string,
  { text, long }: { readonly text: string; readonly long: boolean },
): Promise<ColumnType> {
  const plain = String.raw`-?(0|[1-9]\d*)?(\.\d+)?([eE][+-]?\d+)?`
  const [numbers, all, digits, whole, scale, exponents] = await session.row(`select
    count(case when regexp_full_match(${text}, '${plain}') then 1 end), count(${text}),
    max(length(ltrim(regexp_replace(${text}, '[-.]|[eE].*', '', 'g'), '0'))),
    max(length(ltrim(split_part(${text}, '.', 1), '-'))),
    max(case when contains(${text}, '.') then length(split_part(${text}, '.', 2)) else 0 end),
    count(case when contains(lower(${text}), 'e') then 1 end) from ${relation}`)
  if (numbers !== all) return 'VARCHAR'
  // 15 digits survive a double and back, always (IEEE 754); 17 are only written to tell doubles apart.
  if (!long || Number(digits) <= 15) return 'DOUBLE'
  const [before, after] = [Number(whole), Number(scale)]
  if (Number(exponents) === 0 && before + after <= 38 && after > 0 && Number(digits) > 17)
    return `DECIMAL(38,${after})`
  return Number(digits) <= 17 && after > 0 ? 'DOUBLE' : 'VARCHAR'
}
