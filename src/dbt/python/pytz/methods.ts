import { type Arguments, raise, typeName, type Value } from '../../../jinja/index.ts'
import type { Method } from '../../context/host.ts'
import { Moment } from '../datetime/moment.ts'
import { durationOrNone, type Zone } from '../datetime/zone.ts'

/** A zone of pytz: beside what every zone answers, it puts naive datetimes into itself. */
export type PytzZone = Zone & {
  readonly zone: string | null
  readonly localize: (value: Value, isDst: boolean | null) => Moment
}

function wantMoment(value: Value): Moment {
  if (value instanceof Moment) return value
  return raise('AttributeError', `'${typeName(value)}' object has no attribute 'tzinfo'`)
}

export function wantNaive(value: Value): Moment {
  const at = wantMoment(value)
  return at.zone === null ? at : raise('ValueError', 'Not naive datetime (tzinfo is already set)')
}

/** None stays None: then what is ambiguous is an error. */
function isDstOf(value: Value): boolean | null {
  return value === null ? null : value !== false && value !== 0
}

function normalized(self: PytzZone, value: Value): Moment {
  const at = wantMoment(value)
  if (at.zone === null) return raise('ValueError', 'Naive time - no tzinfo set')
  return at.as(self.fromUtc(at.utc))
}

/** A datetime in another zone, or none, is put into this one first. */
function within(self: PytzZone, [value, isDst]: Arguments): Moment | null {
  if (value === null) return null
  const at = wantMoment(value)
  return at.zone === self ? at : self.localize(new Moment(at.wall), isDstOf(isDst))
}

export const pytzFields = { zone: ({ zone }: PytzZone): Value => zone }

export const pytzMethods: { readonly [name: string]: Method<PytzZone> } = {
  localize: ['dt, is_dst=False', (self, [value, isDst]) => self.localize(value, isDstOf(isDst))],
  normalize: ['dt, is_dst=False', (self, [value]) => normalized(self, value)],
  fromutc: [
    'dt',
    (self, [value]) => {
      const at = wantMoment(value)
      return at.as(self.fromUtc(at.micros))
    },
  ],
  utcoffset: ['dt, is_dst=None', (self, values) => durationOrNone(self.offset(within(self, values)))],
  dst: ['dt, is_dst=None', (self, values) => durationOrNone(self.dst(within(self, values)))],
  tzname: ['dt, is_dst=None', (self, values) => self.zoneName(within(self, values))],
}
