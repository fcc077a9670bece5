import {
  type Arguments,
  HOST,
  type Host,
  type HostType,
  raise,
  repr,
  str,
  type Value,
} from '../../../jinja/index.ts'
import { builtinClass, builtinType } from '../builtin.ts'
import { kept, untold, wantInt, wantText } from './arguments.ts'
import { Duration } from './duration.ts'
import { parseIsoTime } from './iso.ts'
import { strftime } from './strftime.ts'
import { checkClock, type Clock, clockMicros, clockText, midnight, offsetText } from './wall.ts'
import { durationOrNone, fixedZone, wantZone, type Zone } from './zone.ts'

/** Python's `datetime.time`. */
export class Time implements Host {
  readonly clock: Clock
  readonly zone: Zone | null
  readonly fold: number
  readonly [HOST]: HostType<Time> = timeType
  constructor({ hour, minute, second, microsecond }: Clock, zone: Zone | null = null, fold = 0) {
    this.clock = { hour, minute, second, microsecond }
    this.zone = zone
    this.fold = fold
  }

  get offset(): bigint | null {
    return this.zone?.offset(null) ?? null
  }
}

function checkedTime(clock: Clock, zone: Zone | null, fold: number): Time {
  if (fold !== 0 && fold !== 1) return raise('ValueError', 'fold must be either 0 or 1')
  return new Time(checkClock(clock), zone, fold)
}

function isoformat({ clock, offset }: Time, timespec: string): string {
  return clockText(clock, timespec) + (offset === null ? '' : offsetText(offset))
}

function compared(self: Time, other: Value): number | undefined {
  if (!(other instanceof Time)) return undefined
  const [a, b] = [self.offset, other.offset]
  if ((a === null) !== (b === null))
    return raise('TypeError', "can't compare offset-naive and offset-aware times")
  const difference = clockMicros(self.clock) - (a ?? 0n) - (clockMicros(other.clock) - (b ?? 0n))
  return difference < 0n ? -1 : Number(difference > 0n)
}

function keyOf({ clock, offset }: Time): string {
  return offset === null ? `naive ${clockMicros(clock)}` : `utc ${clockMicros(clock) - offset}`
}

function representation({ clock: { hour, minute, second, microsecond }, zone, fold }: Time): string {
  const parts =
    microsecond === 0
      ? second === 0
        ? [hour, minute]
        : [hour, minute, second]
      : [hour, minute, second, microsecond]
  const named = [...(fold === 0 ? [] : [`fold=${fold}`]), ...(zone === null ? [] : [`tzinfo=${repr(zone)}`])]
  return `datetime.time(${[...parts, ...named].join(', ')})`
}

/** Python gives it this date, since `strftime` wants one. */
const shownDate = { year: 1900, month: 1, day: 1 }

function shown({ clock, zone, offset }: Time, format: string): string {
  return strftime(format, { ...shownDate, ...clock }, { offset, name: zone?.zoneName(null) ?? null })
}

function replaced({ clock, zone, fold }: Time, values: Arguments): Time {
  const [hour, minute, second, microsecond, tzinfo, folded] = values
  return checkedTime(
    {
      hour: kept(hour, clock.hour),
      minute: kept(minute, clock.minute),
      second: kept(second, clock.second),
      microsecond: kept(microsecond, clock.microsecond),
    },
    tzinfo === untold ? zone : wantZone(tzinfo),
    kept(folded, fold),
  )
}

const left = `'${untold}'`

const timeType: HostType<Time> = builtinType<Time>(
  'datetime.time',
  {
    fields: {
      hour: ({ clock }) => clock.hour,
      minute: ({ clock }) => clock.minute,
      second: ({ clock }) => clock.second,
      microsecond: ({ clock }) => clock.microsecond,
      tzinfo: ({ zone }) => zone,
      fold: ({ fold }) => fold,
    },
    methods: {
      isoformat: [
        "timespec='auto'",
        (self, [timespec]) => isoformat(self, wantText(timespec, 'isoformat() argument 1')),
      ],
      strftime: ['format', (self, [format]) => shown(self, wantText(format, 'strftime() argument 1'))],
      replace: [
        `hour=${left}, minute=${left}, second=${left}, microsecond=${left}, tzinfo=${left}, *, fold=${left}`,
        replaced,
      ],
      utcoffset: ['', ({ offset }) => durationOrNone(offset)],
      dst: ['', ({ zone }) => durationOrNone(zone?.dst(null) ?? null)],
      tzname: ['', ({ zone }) => zone?.zoneName(null) ?? null],
    },
  },
  {
    str: self => isoformat(self, 'auto'),
    repr: representation,
    key: keyOf,
    equal: (self, other) => other instanceof Time && keyOf(self) === keyOf(other),
    compare: compared,
    format: (self, specification) => (specification === '' ? str(self) : shown(self, specification)),
  },
)

/** `modules.datetime.time`. */
export function timeClass(): Value {
  return builtinClass({
    name: 'datetime.time',
    parameters: 'hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0',
    make: ([hour, minute, second, microsecond, tzinfo, fold]) =>
      checkedTime(
        {
          hour: wantInt(hour),
          minute: wantInt(minute),
          second: wantInt(second),
          microsecond: wantInt(microsecond),
        },
        wantZone(tzinfo),
        wantInt(fold),
      ),
    constants: {
      min: () => new Time(midnight),
      max: () => new Time({ hour: 23, minute: 59, second: 59, microsecond: 999_999 }),
      resolution: () => new Duration(1n),
    },
    functions: {
      fromisoformat: [
        'time_string, /',
        ([text]) => {
          const read = parseIsoTime(text)
          return new Time(read, read.offset === null ? null : fixedZone(read.offset))
        },
      ],
    },
  })
}
