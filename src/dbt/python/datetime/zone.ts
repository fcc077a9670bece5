import { HOST, type Host, type HostType, raise, repr, typeName, type Value } from '../../../jinja/index.ts'
import { builtinClass, builtinType } from '../builtin.ts'
import { Duration, durationRepr, microsPerDay } from './duration.ts'
import { offsetText } from './wall.ts'

/** What a clock shows, in microseconds, and the zone that it stands in. */
export type Shown = { readonly micros: bigint; readonly zone: Zone }

/** A datetime, as its zone sees it. */
export abstract class Dated implements Host {
  abstract readonly [HOST]: HostType<never>
  /** What its clock shows. */
  abstract readonly micros: bigint
  abstract readonly zone: Zone | null
  /** Another one, of what is shown elsewhere. */
  abstract as(shown: Shown): Dated
}

/** Python's `tzinfo`: what a datetime asks about its zone. Offsets are microseconds east of UTC. */
export abstract class Zone implements Host {
  abstract readonly [HOST]: HostType<never>
  /** `null`: it says nothing, so that the datetime counts as naive. */
  abstract offset(at: Dated | null): bigint | null
  abstract dst(at: Dated | null): bigint | null
  abstract zoneName(at: Dated | null): string | null
  /** What a clock of this zone shows, of what one in UTC does. */
  abstract fromUtc(micros: bigint): Shown
}

/** None or a zone; C's words otherwise. */
export function wantZone(value: Value): Zone | null {
  if (value === null || value instanceof Zone) return value
  return raise(
    'TypeError',
    `tzinfo argument must be None or of a tzinfo subclass, not type '${typeName(value)}'`,
  )
}

export function durationOrNone(micros: bigint | null): Value {
  return micros === null ? null : new Duration(micros)
}

function askedAt(value: Value, method: string): Dated | null {
  if (value === null || value instanceof Dated) return value
  return raise(
    'TypeError',
    `${method}(dt) argument must be a datetime instance or None, not ${typeName(value)}`,
  )
}

/** What every zone answers to templates. */
const zoneMethods: {
  readonly [name: string]: readonly [string, (self: Zone, values: readonly Value[]) => Value]
} = {
  utcoffset: ['dt', (self, [dt = null]) => durationOrNone(self.offset(askedAt(dt, 'utcoffset')))],
  dst: ['dt', (self, [dt = null]) => durationOrNone(self.dst(askedAt(dt, 'dst')))],
  tzname: ['dt', (self, [dt = null]) => self.zoneName(askedAt(dt, 'tzname'))],
  fromutc: [
    'dt',
    (self, [dt = null]) =>
      dt instanceof Dated
        ? dt.as(self.fromUtc(dt.micros))
        : raise('TypeError', 'fromutc: argument must be a datetime'),
  ],
}

/** Python's `datetime.timezone`: one offset for all time. */
export class FixedZone extends Zone {
  readonly micros: bigint
  readonly label: string | null
  readonly [HOST]: HostType<FixedZone> = fixedType
  constructor(micros: bigint, label: string | null = null) {
    super()
    this.micros = micros
    this.label = label
  }

  offset(): bigint {
    return this.micros
  }

  dst(): null {
    return null
  }

  zoneName(): string {
    if (this.label !== null) return this.label
    return this.micros === 0n ? 'UTC' : `UTC${offsetText(this.micros)}`
  }

  fromUtc(micros: bigint): Shown {
    return { micros: micros + this.micros, zone: this }
  }
}

const fixedType: HostType<FixedZone> = builtinType<FixedZone>(
  'datetime.timezone',
  { methods: zoneMethods },
  {
    str: zone => zone.zoneName(),
    repr: ({ micros, label }) => {
      if (micros === 0n && label === null) return 'datetime.timezone.utc'
      return `datetime.timezone(${durationRepr(micros)}${label === null ? '' : `, ${repr(label)}`})`
    },
    key: ({ micros }) => String(micros),
    equal: (self, other) => other instanceof FixedZone && other.micros === self.micros,
  },
)

/** Within a day of UTC, as Python wants it. */
export function fixedZone(micros: bigint, label: string | null = null): FixedZone {
  if (micros > -microsPerDay && micros < microsPerDay) return new FixedZone(micros, label)
  return raise(
    'ValueError',
    'offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), ' +
      `not ${durationRepr(micros)}.`,
  )
}

/** `tzinfo()` itself, which knows nothing. */
class BareZone extends Zone {
  readonly [HOST]: HostType<BareZone> = bareType
  offset(): never {
    return unknowing('utcoffset')
  }

  dst(): never {
    return unknowing('dst')
  }

  zoneName(): never {
    return unknowing('tzname')
  }

  fromUtc(): never {
    return unknowing('utcoffset')
  }
}

function unknowing(method: string): never {
  return raise('NotImplementedError', `a tzinfo subclass must implement ${method}()`)
}

const bareType: HostType<BareZone> = builtinType<BareZone>('datetime.tzinfo', { methods: zoneMethods })

/** `modules.datetime.tzinfo`. */
export function tzinfoClass(): Value {
  return builtinClass({ name: 'datetime.tzinfo', parameters: '*args, **kwargs', make: () => new BareZone() })
}
