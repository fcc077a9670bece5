import {
  type Arguments,
  HOST,
  type Host,
  type HostType,
  raise,
  str,
  type Value,
} from '../../../jinja/index.ts'
import { builtinClass, builtinType } from '../builtin.ts'
import { ofOrdinal, ordinalMax, ordinalOf, type YearMonthDay, yearMax, yearMin } from '../calendar.ts'
import { kept, wantInt, wantText, untold } from './arguments.ts'
import { dateQuestions, structTime } from './questions.ts'
import { Duration, floorDivide, microsPerDay } from './duration.ts'
import { parseIsoDate } from './iso.ts'
import { type Local, localWall, wantTimestamp } from './local.ts'
import { ctime, strftime } from './strftime.ts'
import { checkDate, dateOfOrdinal, dateText, midnight, ofIsoWeek } from './wall.ts'
import { Dated } from './zone.ts'

/** Python's `datetime.date`. */
export class Day implements Host {
  readonly date: YearMonthDay
  readonly [HOST]: HostType<Day> = dayType
  constructor(date: YearMonthDay) {
    this.date = date
  }
}

/** Of numbers that are checked. */
function day(year: number, month: number, ofMonth: number): Day {
  return new Day(checkDate({ year, month, day: ofMonth }))
}

function shifted(date: YearMonthDay, by: bigint): Day {
  return new Day(dateOfOrdinal(ordinalOf(date) + Number(by)))
}

function operate(operator: string, left: Value, right: Value): Value | undefined {
  const [add, subtract] = [operator === '+', operator === '-']
  if (left instanceof Day && right instanceof Day && subtract)
    return new Duration(BigInt(ordinalOf(left.date) - ordinalOf(right.date)) * microsPerDay)
  if (left instanceof Day && right instanceof Duration && (add || subtract)) {
    const days = floorDivide(right.micros, microsPerDay)
    return shifted(left.date, add ? days : -days)
  }
  return add && left instanceof Duration && right instanceof Day
    ? shifted(right.date, floorDivide(left.micros, microsPerDay))
    : undefined
}

function compared(self: Day, other: Value): number | undefined {
  if (other instanceof Dated) return raise('TypeError', "can't compare datetime.datetime to datetime.date")
  return other instanceof Day ? ordinalOf(self.date) - ordinalOf(other.date) : undefined
}

const dayType: HostType<Day> = builtinType<Day>(
  'datetime.date',
  {
    fields: {
      year: ({ date }) => date.year,
      month: ({ date }) => date.month,
      day: ({ date }) => date.day,
      min: () => firstDay(),
      max: () => lastDay(),
      resolution: () => new Duration(microsPerDay),
    },
    methods: {
      ...Object.fromEntries(
        Object.entries(dateQuestions).map(([name, [taken, ask]]) => [
          name,
          [taken, ({ date }: Day) => ask(date)] as const,
        ]),
      ),
      isoformat: ['', ({ date }) => dateText(date)],
      ctime: ['', ({ date }) => ctime({ ...date, ...midnight })],
      timetuple: ['', ({ date }) => structTime(date, [0, 0, 0], -1)],
      strftime: [
        'format',
        ({ date }, [format]) => strftime(wantText(format, 'strftime() argument 1'), { ...date, ...midnight }),
      ],
      replace: [
        `year='${untold}', month='${untold}', day='${untold}'`,
        ({ date }, [year, month, ofMonth]) =>
          day(kept(year, date.year), kept(month, date.month), kept(ofMonth, date.day)),
      ],
    },
  },
  {
    str: ({ date }) => dateText(date),
    repr: ({ date }) => `datetime.date(${date.year}, ${date.month}, ${date.day})`,
    key: ({ date }) => dateText(date),
    equal: (self, other) => other instanceof Day && ordinalOf(self.date) === ordinalOf(other.date),
    compare: compared,
    format: (self, specification) =>
      specification === '' ? str(self) : strftime(specification, { ...self.date, ...midnight }),
    operate,
  },
)

const firstDay = () => new Day({ year: yearMin, month: 1, day: 1 })
const lastDay = () => new Day({ year: yearMax, month: 12, day: 31 })

/** What `date` and `datetime` make of an ordinal. */
export function wantOrdinal(value: Value): YearMonthDay {
  const ordinal = wantInt(value)
  if (ordinal < 1) return raise('ValueError', 'ordinal must be >= 1')
  if (ordinal <= ordinalMax) return dateOfOrdinal(ordinal)
  return raise('ValueError', `year ${ofOrdinal(ordinal).year} is out of range`)
}

/** `modules.datetime.date`, with the clock that `today()` asks. */
export function dateClass(local: Local): Value {
  const made = (date: YearMonthDay) => new Day({ year: date.year, month: date.month, day: date.day })
  return builtinClass({
    name: 'datetime.date',
    parameters: 'year, month, day',
    make: ([year, month, ofMonth]) => day(wantInt(year), wantInt(month), wantInt(ofMonth)),
    constants: { min: firstDay, max: lastDay, resolution: () => new Duration(microsPerDay) },
    functions: {
      today: ['', () => made(localWall(local.now()))],
      fromisoformat: ['date_string, /', ([text]) => made(parseIsoDate(text))],
      fromordinal: ['ordinal, /', ([ordinal]) => made(wantOrdinal(ordinal))],
      fromtimestamp: ['timestamp, /', ([timestamp]) => made(localWall(wantTimestamp(timestamp)))],
      fromisocalendar: [
        'year, week, day',
        ([year, week, weekday]: Arguments) => made(ofIsoWeek(wantInt(year), wantInt(week), wantInt(weekday))),
      ],
    },
  })
}
