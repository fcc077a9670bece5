import {
  type Arguments,
  Float,
  HOST,
  type HostType,
  div,
  raise,
  repr,
  str,
  type Value,
} from '../../../jinja/index.ts'
import { builtinType } from '../builtin.ts'
import { kept, untold, wantText } from './arguments.ts'
import { Day } from './day.ts'
import { Duration, intOf, microsPerSecond } from './duration.ts'
import { localName, localOffset, sinceEpoch, utcOfLocal } from './local.ts'
import { dateQuestions, structTime } from './questions.ts'
import { ctime, strftime } from './strftime.ts'
import { Time } from './time.ts'
import {
  checkClock,
  checkDate,
  clockText,
  dateText,
  offsetText,
  type Wall,
  wallMicros,
  wallOf,
} from './wall.ts'
import { Dated, durationOrNone, fixedZone, type Shown, wantZone, type Zone } from './zone.ts'

/** Python's `datetime.datetime`. */
export class Moment extends Dated {
  readonly wall: Wall
  /** `null`: it is naive. */
  readonly zone: Zone | null
  /** 1: the second of two moments at which the clock shows this. */
  readonly fold: number
  readonly [HOST]: HostType<Moment> = momentType
  constructor(wall: Wall, zone: Zone | null = null, fold = 0) {
    super()
    this.wall = wall
    this.zone = zone
    this.fold = fold
  }

  as({ micros, zone }: Shown): Moment {
    return moment(micros, zone)
  }

  /** What its clock shows, in microseconds. */
  get micros(): bigint {
    return wallMicros(this.wall)
  }

  /** East of UTC; `null`: it is naive. */
  get offset(): bigint | null {
    return this.zone?.offset(this) ?? null
  }

  /** The same in UTC; a naive one is taken for a time of this machine's zone. */
  get utc(): bigint {
    const { offset } = this
    return offset === null ? utcOfLocal(this.wall) : this.micros - offset
  }
}

/** Of what a clock shows. */
export function moment(micros: bigint, zone: Zone | null): Moment {
  return new Moment(wallOf(micros), zone)
}

/** Of parts that are not yet checked. */
export function checkedMoment(wall: Wall, zone: Zone | null, fold = 0): Moment {
  if (fold !== 0 && fold !== 1) return raise('ValueError', 'fold must be either 0 or 1')
  return new Moment({ ...checkDate(wall), ...checkClock(wall) }, zone, fold)
}

function difference(left: Moment, right: Moment): Duration {
  const [a, b] = [left.offset, right.offset]
  if ((a === null) !== (b === null))
    return raise('TypeError', "can't subtract offset-naive and offset-aware datetimes")
  return new Duration(left.micros - (a ?? 0n) - (right.micros - (b ?? 0n)))
}

function operate(operator: string, left: Value, right: Value): Value | undefined {
  const [add, subtract] = [operator === '+', operator === '-']
  if (left instanceof Moment && right instanceof Moment && subtract) return difference(left, right)
  if (left instanceof Moment && right instanceof Duration && (add || subtract))
    return moment(left.micros + (add ? right.micros : -right.micros), left.zone)
  return add && left instanceof Duration && right instanceof Moment
    ? moment(left.micros + right.micros, right.zone)
    : undefined
}

function compared(self: Moment, other: Value): number | undefined {
  if (other instanceof Day) return raise('TypeError', "can't compare datetime.datetime to datetime.date")
  if (!(other instanceof Moment)) return undefined
  const [a, b] = [self.offset, other.offset]
  if ((a === null) !== (b === null))
    return raise('TypeError', "can't compare offset-naive and offset-aware datetimes")
  const [one, two] = [self.micros - (a ?? 0n), other.micros - (b ?? 0n)]
  return one < two ? -1 : Number(one > two)
}

function equal(self: Moment, other: Value): boolean {
  return other instanceof Moment && keyOf(self) === keyOf(other)
}

/** Two that are equal have the same: aware ones by their moment in UTC. */
function keyOf(self: Moment): string {
  const { offset, micros } = self
  return offset === null ? `naive ${micros}` : `utc ${micros - offset}`
}

function isoformat(self: Moment, separator: string, timespec: string): string {
  const { offset, wall } = self
  const zone = offset === null ? '' : offsetText(offset)
  return dateText(wall) + separator + clockText(wall, timespec) + zone
}

function representation({ wall, zone, fold }: Moment): string {
  const { year, month, day, hour, minute, second, microsecond } = wall
  const least = [year, month, day, hour, minute]
  const parts =
    microsecond === 0 ? (second === 0 ? least : [...least, second]) : [...least, second, microsecond]
  const named = [...(fold === 0 ? [] : [`fold=${fold}`]), ...(zone === null ? [] : [`tzinfo=${repr(zone)}`])]
  return `datetime.datetime(${[...parts, ...named].join(', ')})`
}

function shown(self: Moment, format: string): string {
  const { wall, zone, offset } = self
  return strftime(format, wall, { offset, name: zone?.zoneName(self) ?? null })
}

function inZone(self: Moment, wanted: Zone | null): Moment {
  const { utc } = self
  if (wanted !== null) return wanted === self.zone ? self : self.as(wanted.fromUtc(utc))
  const offset = localOffset(utc)
  return moment(utc + offset, fixedZone(offset, localName(utc)))
}

function timestamp(self: Moment): Value {
  return div(intOf(sinceEpoch(self.utc)), Number(microsPerSecond))
}

function replaced({ wall, zone, fold }: Moment, values: Arguments): Moment {
  const [year, month, day, hour, minute, second, microsecond, tzinfo, folded] = values
  return checkedMoment(
    {
      year: kept(year, wall.year),
      month: kept(month, wall.month),
      day: kept(day, wall.day),
      hour: kept(hour, wall.hour),
      minute: kept(minute, wall.minute),
      second: kept(second, wall.second),
      microsecond: kept(microsecond, wall.microsecond),
    },
    tzinfo === untold ? zone : wantZone(tzinfo),
    kept(folded, fold),
  )
}

function dstOf(self: Moment): bigint | null {
  return self.zone?.dst(self) ?? null
}

const left = `'${untold}'`

const momentType: HostType<Moment> = builtinType<Moment>(
  'datetime.datetime',
  {
    fields: {
      year: ({ wall }) => wall.year,
      month: ({ wall }) => wall.month,
      day: ({ wall }) => wall.day,
      hour: ({ wall }) => wall.hour,
      minute: ({ wall }) => wall.minute,
      second: ({ wall }) => wall.second,
      microsecond: ({ wall }) => wall.microsecond,
      tzinfo: ({ zone }) => zone,
      fold: ({ fold }) => fold,
    },
    methods: {
      ...Object.fromEntries(
        Object.entries(dateQuestions).map(([name, [taken, ask]]) => [
          name,
          [taken, ({ wall }: Moment) => ask(wall)] as const,
        ]),
      ),
      date: ['', ({ wall: { year, month, day } }) => new Day({ year, month, day })],
      time: ['', ({ wall, fold }) => new Time(wall, null, fold)],
      timetz: ['', ({ wall, zone, fold }) => new Time(wall, zone, fold)],
      timestamp: ['', timestamp],
      timetuple: [
        '',
        self => {
          const { hour, minute, second } = self.wall
          const dst = dstOf(self)
          return structTime(self.wall, [hour, minute, second], dst === null ? -1 : Number(dst !== 0n))
        },
      ],
      utctimetuple: [
        '',
        self => {
          const wall = wallOf(self.micros - (self.offset ?? 0n))
          return structTime(wall, [wall.hour, wall.minute, wall.second], 0)
        },
      ],
      isoformat: [
        "sep='T', timespec='auto'",
        (self, [separator, timespec]) =>
          isoformat(self, wantCharacter(separator), wantText(timespec, 'isoformat() argument 2')),
      ],
      ctime: ['', ({ wall }) => ctime(wall)],
      strftime: ['format', (self, [format]) => shown(self, wantText(format, 'strftime() argument 1'))],
      replace: [
        `year=${left}, month=${left}, day=${left}, hour=${left}, minute=${left}, second=${left}, ` +
          `microsecond=${left}, tzinfo=${left}, *, fold=${left}`,
        replaced,
      ],
      astimezone: ['tz=None', (self, [tz]) => inZone(self, wantZone(tz))],
      utcoffset: ['', self => durationOrNone(self.offset)],
      dst: ['', self => durationOrNone(dstOf(self))],
      tzname: ['', self => self.zone?.zoneName(self) ?? null],
    },
  },
  {
    str: self => isoformat(self, ' ', 'auto'),
    repr: representation,
    key: keyOf,
    equal,
    compare: compared,
    format: (self, specification) => (specification === '' ? str(self) : shown(self, specification)),
    operate,
  },
)

function wantCharacter(value: Value): string {
  if (typeof value === 'string' && Array.from(value).length === 1) return value
  const given = value instanceof Float ? 'float' : typeof value === 'string' ? 'str' : 'int'
  return raise('TypeError', `isoformat() argument 1 must be a unicode character, not ${given}`)
}
