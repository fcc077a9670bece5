import { HOST, type Host, type HostType, tupleOf, type Value } from '../../../jinja/index.ts'
import { builtinType } from '../builtin.ts'
import { dayOfYear, isoWeekOf, ordinalOf, weekdayOf, type YearMonthDay } from '../calendar.ts'

type Asked = { readonly [name: string]: readonly [string, (date: YearMonthDay) => Value] }

/** What a date and a datetime both answer. */
export const dateQuestions: Asked = {
  weekday: ['', date => weekdayOf(ordinalOf(date))],
  isoweekday: ['', date => weekdayOf(ordinalOf(date)) + 1],
  toordinal: ['', date => ordinalOf(date)],
  isocalendar: [
    '',
    date => {
      const { year, week, weekday } = isoWeekOf(date)
      return new IsoDate([year, week, weekday])
    },
  ],
}

/** What `isocalendar()` gives: a named tuple with a name of its own. */
class IsoDate implements Host {
  readonly parts: readonly [year: number, week: number, weekday: number]
  readonly [HOST]: HostType<IsoDate> = isoType
  constructor(parts: IsoDate['parts']) {
    this.parts = parts
  }
}

const isoType: HostType<IsoDate> = builtinType<IsoDate>(
  'datetime.IsoCalendarDate',
  {
    fields: {
      year: ({ parts }) => parts[0],
      week: ({ parts }) => parts[1],
      weekday: ({ parts }) => parts[2],
    },
  },
  {
    repr: ({ parts: [year, week, weekday] }) =>
      `datetime.IsoCalendarDate(year=${year}, week=${week}, weekday=${weekday})`,
    item: ({ parts }, key) =>
      typeof key === 'number' ? parts[key < 0 ? key + parts.length : key] : undefined,
    iterate: ({ parts }) => parts,
    length: ({ parts }) => parts.length,
    key: ({ parts }) => parts.join(' '),
    equal: ({ parts }, other) => {
      const others = other instanceof IsoDate ? other.parts : other
      return (
        Array.isArray(others) &&
        others.length === parts.length &&
        parts.every((part, i) => part === others[i])
      )
    },
  },
)

/** `time.struct_time`, as the tuple that it is. */
export function structTime(date: YearMonthDay, clock: readonly number[], isDst: number): Value {
  const { year, month, day: ofMonth } = date
  const tuple = tupleOf([year, month, ofMonth, ...clock, weekdayOf(ordinalOf(date)), dayOfYear(date), isDst])
  tuple.fields = [
    'tm_year',
    'tm_mon',
    'tm_mday',
    'tm_hour',
    'tm_min',
    'tm_sec',
    'tm_wday',
    'tm_yday',
    'tm_isdst',
  ]
  return tuple
}
