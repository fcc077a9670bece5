import { type Arguments, raise, type Value } from '../../../jinja/index.ts'
import { builtinClass } from '../builtin.ts'
import { yearMax, yearMin } from '../calendar.ts'
import { givenName, untold, wantInt, wantText } from './arguments.ts'
import { Day, wantOrdinal } from './day.ts'
import { Duration } from './duration.ts'
import { parseIso } from './iso.ts'
import { type Local, localOffset, wantTimestamp } from './local.ts'
import { checkedMoment, Moment, moment } from './moment.ts'
import { strptime } from './strptime.ts'
import { Time } from './time.ts'
import { midnight, ofIsoWeek } from './wall.ts'
import { fixedZone, wantZone, type Zone } from './zone.ts'

/** `modules.datetime.datetime`, with the clock that `now()` asks. */
export function datetimeClass(local: Local): Value {
  return builtinClass({
    name: 'datetime.datetime',
    parameters: 'year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0',
    make: made,
    constants: {
      min: () => new Moment({ year: yearMin, month: 1, day: 1, ...midnight }),
      max: () =>
        new Moment({
          year: yearMax,
          month: 12,
          day: 31,
          hour: 23,
          minute: 59,
          second: 59,
          microsecond: 999_999,
        }),
      resolution: () => new Duration(1n),
    },
    functions: {
      now: ['tz=None', ([tz]) => shownIn(local.now(), wantZone(tz))],
      today: ['', () => shownIn(local.now(), null)],
      utcnow: ['', () => moment(local.now(), null)],
      fromtimestamp: [
        'timestamp, tz=None',
        ([timestamp, tz]) => shownIn(wantTimestamp(timestamp), wantZone(tz)),
      ],
      utcfromtimestamp: ['timestamp, /', ([timestamp]) => moment(wantTimestamp(timestamp), null)],
      fromisoformat: ['date_string, /', ([text]) => ofIso(text)],
      fromordinal: ['ordinal, /', ([ordinal]) => new Moment({ ...wantOrdinal(ordinal), ...midnight })],
      fromisocalendar: [
        'year, week, day',
        ([year, week, day]) =>
          new Moment({ ...ofIsoWeek(wantInt(year), wantInt(week), wantInt(day)), ...midnight }),
      ],
      strptime: [
        'date_string, format, /',
        ([text, format]) =>
          strptime(wantText(text, 'strptime() argument 1'), wantText(format, 'strptime() argument 2')),
      ],
      combine: [`date, time, tzinfo='${untold}'`, combined],
    },
  })
}

function made(values: Arguments): Moment {
  const [year, month, day, hour, minute, second, microsecond, tzinfo, fold] = values
  const wall = {
    year: wantInt(year),
    month: wantInt(month),
    day: wantInt(day),
    hour: wantInt(hour),
    minute: wantInt(minute),
    second: wantInt(second),
    microsecond: wantInt(microsecond),
  }
  return checkedMoment(wall, wantZone(tzinfo), wantInt(fold))
}

/** Without a zone: what this machine's clocks show, and naive. */
function shownIn(utc: bigint, zone: Zone | null): Moment {
  const shown = zone?.fromUtc(utc) ?? { micros: utc + localOffset(utc), zone: null }
  return moment(shown.micros, shown.zone)
}

function ofIso(text: Value): Moment {
  const { date, time } = parseIso(text)
  return new Moment({ ...date, ...time }, time.offset === null ? null : fixedZone(time.offset))
}

function combined([date, time, tzinfo]: Arguments): Moment {
  const of = date instanceof Day ? date.date : date instanceof Moment ? date.wall : undefined
  if (!of) return raise('TypeError', `combine() argument 1 must be datetime.date, not ${givenName(date)}`)
  if (!(time instanceof Time))
    return raise('TypeError', `combine() argument 2 must be datetime.time, not ${givenName(time)}`)
  const { year, month, day } = of
  return checkedMoment(
    { year, month, day, ...time.clock },
    tzinfo === untold ? time.zone : wantZone(tzinfo),
    time.fold,
  )
}
