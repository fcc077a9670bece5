import { Dict, isRaised, type Value } from '../../jinja/index.ts'
import { datetimeClass } from './datetime/datetime-class.ts'
import { dateClass, Day } from './datetime/day.ts'
import { timedeltaClass } from './datetime/duration.ts'
import { parseIso } from './datetime/iso.ts'
import { type Local, utcOfMs } from './datetime/local.ts'
import { Moment, moment } from './datetime/moment.ts'
import { timeClass } from './datetime/time.ts'
import { tzinfoClass } from './datetime/zone.ts'
import { utcZone } from './pytz/steady.ts'

/** Python's `datetime`, as templates and rows of queries see it. */

const dateForm = /^\d{4}-\d\d-\d\d$/
const momentForm = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[-+]\d\d(?::?\d\d)?)?$/

/**
 * Of DuckDB's DATE: `2020-01-31`. What no date of Python's holds (`infinity`, the year 10000) stays a
 * text.
 */
export function dateOf(iso: string): Value {
  if (!dateForm.test(iso)) return iso
  return heldOr(iso, () => new Day(parseIso(iso).date))
}

/** What Python has no room for (the year 0, the year 10000 in UTC) stays the text that it was. */
function heldOr(iso: string, read: () => Value): Value {
  try {
    return read()
  } catch (thrown) {
    if (isRaised(thrown, 'ValueError', 'OverflowError')) return iso
    throw thrown
  }
}

/**
 * Of DuckDB's TIMESTAMP: `2020-01-01T10:00:00.123456`, aware where a zone follows. Nanoseconds are cut
 * to microseconds; what no datetime of Python's holds stays a text.
 */
export function momentOf(iso: string): Value {
  const [, shown = '', fraction = '', zone] = momentForm.exec(iso) ?? []
  if (shown === '') return iso
  return heldOr(iso, () => {
    const { date, time } = parseIso(`${shown}${fraction.slice(0, 7)}${zone ?? ''}`)
    const at = new Moment({ ...date, ...time })
    return time.offset === null ? at : moment(at.micros - time.offset, utcZone)
  })
}

/** The moment at so many Unix milliseconds: aware, in `pytz.utc`, as dbt's `run_started_at` is. */
export function utcMoment(ms: number): Value {
  return moment(utcOfMs(ms), utcZone)
}

/** `modules.datetime`, with what dbt shows of it. `clock` gives Unix milliseconds. */
export function datetimeModule(clock: () => number): Dict {
  const local: Local = { now: () => utcOfMs(clock()) }
  return Dict.of([
    ['date', dateClass(local)],
    ['datetime', datetimeClass(local)],
    ['time', timeClass()],
    ['timedelta', timedeltaClass()],
    ['tzinfo', tzinfoClass()],
  ])
}
