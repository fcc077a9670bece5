import type { Check, Verdict } from '../model/index.ts'
import { compareDecimals, multiply, parseDecimal, whole } from './decimal.ts'
import { plural, text, thousands } from './promise.ts'

/** What was found, before it is put into a verdict. `words` end its sentence. */
export type Finding = {
  readonly outcome: Verdict['outcome']
  readonly rows?: number
  readonly failing?: number
  readonly observed?: string
  readonly words: string
}

/** A count as a number: no engine holds 2^53 rows. */
export function count(figure: string | null | undefined): number {
  return Number(figure ?? 0)
}

/**
 * Enough rows keep the promise. `mostly` is compared as a decimal: 0.07 × 100 is 7 here, not
 * 7.000000000000001.
 */
export function rowsFinding(check: Check, rows: number, failing: number): Finding {
  const least = multiply(parseDecimal(String(check.mostly)) ?? whole(1), whole(rows))
  const outcome = compareDecimals(whole(rows - failing), least) >= 0 ? 'pass' : 'fail'
  if (rows === 0) return { outcome, rows, failing, words: 'no rows' }
  const all = rows === 1 ? 'the only row' : `all ${plural(rows, 'row')}`
  const some = `${thousands(failing)} of ${plural(rows, 'row')} ${failing === 1 ? 'fails' : 'fail'}`
  return { outcome, rows, failing, words: failing === 0 ? all : some }
}

/** How the figure compares with a bound; the default compares what was observed. */
type Comparison = { readonly compare: (bound: string) => number }

/** A figure within `min` and `max`. None (no rows) fails; so does `nan`. */
export function inRange(
  figure: string | null | undefined,
  check: Check,
  how: string | Comparison = '',
): Finding {
  const unit = typeof how === 'string' ? how : ''
  if (figure === null || figure === undefined) return { outcome: 'fail', words: 'no rows with a value' }
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(figure)
  const number = parseDecimal(figure)
  if (number === undefined && infinite === null) return { outcome: 'fail', observed: figure, words: figure }
  const against = (bound: string): number => {
    if (typeof how !== 'string') return how.compare(bound)
    const other = parseDecimal(bound)
    if (number === undefined || other === undefined) return infinite?.[1] === '-' ? -1 : 1
    return compareDecimals(number, other)
  }
  const [min, max] = [text(check.args, 'min'), text(check.args, 'max')]
  const fits = (min === '' || against(min) >= 0) && (max === '' || against(max) <= 0)
  const shown = /^\d+$/.test(figure) ? thousands(figure) : figure
  return {
    outcome: fits ? 'pass' : 'fail',
    observed: figure,
    words: unit === '' ? shown : plural(figure, unit),
  }
}
