import { HOST, type HostType, raise, repr, type Value } from '../../../jinja/index.ts'
import { hostType } from '../../context/host.ts'
import { microsPerMinute } from '../datetime/duration.ts'
import { type Moment, moment } from '../datetime/moment.ts'
import { type Shown, Zone } from '../datetime/zone.ts'
import { pytzFields, pytzMethods, type PytzZone, wantNaive } from './methods.ts'

type Described = {
  /** `null`: a fixed offset has no name. */
  readonly zone: string | null
  readonly offset: bigint
  readonly label: string | null
  /** What `repr` says. */
  readonly shown: string
}

/** A zone of pytz with one offset for all time. */
export class SteadyZone extends Zone implements PytzZone {
  readonly zone: string | null
  readonly shown: string
  readonly [HOST]: HostType<SteadyZone> = steadyType
  private readonly east: bigint
  private readonly label: string | null
  constructor({ zone, offset, label, shown }: Described) {
    super()
    this.zone = zone
    this.east = offset
    this.label = label
    this.shown = shown
  }

  offset(): bigint {
    return this.east
  }

  dst(): bigint {
    return 0n
  }

  zoneName(): string | null {
    return this.label
  }

  fromUtc(micros: bigint): Shown {
    return { micros: micros + this.east, zone: this }
  }

  localize(value: Value): Moment {
    const at = wantNaive(value)
    return moment(at.micros, this)
  }
}

const steadyType: HostType<SteadyZone> = hostType<SteadyZone>(
  'pytz.tzinfo.StaticTzInfo',
  { fields: pytzFields, methods: pytzMethods },
  {
    str: ({ zone, shown }) => zone ?? shown,
    repr: ({ shown }) => shown,
    key: ({ shown }) => shown,
    equal: (self, other) => other instanceof SteadyZone && other.shown === self.shown,
  },
)

/** `pytz.utc`. */
export const utcZone = new SteadyZone({ zone: 'UTC', offset: 0n, label: 'UTC', shown: '<UTC>' })

export function staticZone(zone: string, offset: bigint, label: string): SteadyZone {
  return new SteadyZone({ zone, offset, label, shown: `<StaticTzInfo ${repr(zone)}>` })
}

const minutesPerDay = 1440

/** `pytz.FixedOffset(minutes)`. */
export function fixedOffset(minutes: number): SteadyZone {
  if (minutes === 0) return utcZone
  if (Math.abs(minutes) >= minutesPerDay)
    return raise('ValueError', `('absolute offset is too large', ${minutes})`)
  return new SteadyZone({
    zone: null,
    offset: BigInt(minutes) * microsPerMinute,
    label: null,
    shown: `pytz.FixedOffset(${minutes})`,
  })
}
