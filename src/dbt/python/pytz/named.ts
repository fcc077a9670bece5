import { HOST, type HostType, raise, repr, str, type Value } from '../../../jinja/index.ts'
import { hostType } from '../../context/host.ts'
import {
  durationText,
  floorDivide,
  microsPerDay,
  microsPerHour,
  microsPerMinute,
  microsPerSecond,
} from '../datetime/duration.ts'
import { msOf } from '../datetime/local.ts'
import { type Moment, moment } from '../datetime/moment.ts'
import { type Dated, type Shown, Zone } from '../datetime/zone.ts'
import { isSummer, longNameAt, longNames, shortName, summerOf } from './abbreviation.ts'
import { pytzFields, pytzMethods, type PytzZone, wantNaive } from './methods.ts'

/** What a zone's clocks do for a while. */
type Phase = { readonly offset: bigint; readonly dst: bigint; readonly label: string }

/**
 * A zone with a history, as pytz holds it: one object per phase, so that a datetime in it knows its
 * offset. The zone itself, as `timezone()` gives it, is the phase before all others, the local mean
 * time: `datetime(…, tzinfo=timezone('Asia/Tokyo'))` is 9:19 ahead, which is pytz's own trap;
 * `localize` is the way.
 */
export class NamedZone extends Zone implements PytzZone {
  readonly rules: Rules
  readonly phase: Phase
  readonly [HOST]: HostType<NamedZone> = namedType
  constructor(rules: Rules, phase: Phase) {
    super()
    this.rules = rules
    this.phase = phase
  }

  get zone(): string {
    return this.rules.zone
  }

  offset(at: Dated | null): bigint | null {
    return at === null ? null : this.phaseOf(at).offset
  }

  dst(at: Dated | null): bigint | null {
    return at === null ? null : this.phaseOf(at).dst
  }

  zoneName(at: Dated | null): string {
    return at === null ? this.zone : this.phaseOf(at).label
  }

  private phaseOf(at: Dated): Phase {
    return at.zone instanceof NamedZone && at.zone.rules === this.rules ? at.zone.phase : this.phase
  }

  fromUtc(micros: bigint): Shown {
    const zone = this.rules.at(micros)
    return { micros: micros + zone.phase.offset, zone }
  }

  localize(value: Value, isDst: boolean | null): Moment {
    return localized(this.rules, wantNaive(value), isDst)
  }
}

const namedType: HostType<NamedZone> = hostType<NamedZone>(
  'pytz.tzinfo.DstTzInfo',
  { fields: pytzFields, methods: pytzMethods },
  {
    str: ({ zone }) => zone,
    repr: ({ zone, phase: { offset, dst, label } }) => {
      const sign = offset > 0n ? '+' : ''
      return `<DstTzInfo ${repr(zone)} ${label}${sign}${durationText(offset)} ${dst === 0n ? 'STD' : 'DST'}>`
    },
  },
)

/**
 * The zone's history by ICU, within the years that pytz has: before 1901 its first phase, after 2037
 * its last one.
 */
export class Rules {
  readonly zone: string
  /** The phase before all others. */
  readonly first: NamedZone
  private readonly offsets: Intl.DateTimeFormat
  private readonly names: Intl.DateTimeFormat
  private readonly phases = new Map<string, NamedZone>()
  constructor(zone: string) {
    this.zone = zone
    this.offsets = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    this.names = longNames(zone)
    this.first = this.phase({ offset: this.offsetAt(firstMs), dst: 0n, label: 'LMT' })
  }

  /** At a wall in UTC. */
  at(utc: bigint): NamedZone {
    const ms = Math.min(msOf(utc), lastMs)
    if (ms < firstTransitionMs) return this.first
    const offset = this.offsetAt(ms)
    const long = ms < namedSinceMs ? this.earlyName(offset) : longNameAt(this.names, ms)
    const dst = isSummer(this.zone, long) ? offset - this.standardAround(Math.max(ms, namedSinceMs)) : 0n
    return this.phase({ offset, dst, label: shortName(this.zone, long, offset) })
  }

  /** ICU has names since 1970; before, an offset is called as then, or as its summer. */
  private earlyName(offset: bigint): string {
    const near = [namedSinceMs, namedSinceMs + 6 * monthMs]
    const ms = near.find(each => !isSummer(this.zone, longNameAt(this.names, each))) ?? namedSinceMs
    const standard = longNameAt(this.names, ms)
    const ahead = offset - this.offsetAt(ms)
    if (ahead === 0n) return standard
    return ahead === microsPerHour ? summerOf(standard) : ''
  }

  private phase(phase: Phase): NamedZone {
    const key = `${phase.offset} ${phase.dst} ${phase.label}`
    const known = this.phases.get(key)
    if (known) return known
    const made = new NamedZone(this, phase)
    this.phases.set(key, made)
    return made
  }

  /** To the minute, as pytz rounds them. */
  private offsetAt(ms: number): bigint {
    const [, sign, hours = '0', minutes = '0', seconds = '0'] =
      /^GMT(?:([-+])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(longNameAt(this.offsets, ms)) ?? []
    const size =
      BigInt(hours) * microsPerHour + BigInt(minutes) * microsPerMinute + BigInt(seconds) * microsPerSecond
    return (
      floorDivide((sign === '-' ? -size : size) + microsPerMinute / 2n, microsPerMinute) * microsPerMinute
    )
  }

  /** The offset of the winter that is next, either way. */
  private standardAround(ms: number): bigint {
    for (let months = 1; months <= 7; months++)
      for (const near of [ms - months * monthMs, ms + months * monthMs])
        if (!isSummer(this.zone, longNameAt(this.names, near))) return this.offsetAt(near)
    return this.offsetAt(ms) - microsPerHour
  }
}

const monthMs = 30 * 24 * 3600 * 1000
/** Before any zone's first transition. */
const firstMs = Date.UTC(1800, 0)
/** The data of pytz reach as far as 32 bits of seconds do. */
const firstTransitionMs = -(2 ** 31) * 1000
const lastMs = Date.UTC(2037, 11, 31)
/** ICU's names of zones begin here. */
const namedSinceMs = 0

/**
 * pytz's own way into a zone: what is shown twice goes to `isDst`, what is never shown to the offset
 * before or after.
 */
function localized(rules: Rules, naive: Moment, isDst: boolean | null): Moment {
  const wall = naive.micros
  const phases = new Set([wall - microsPerDay, wall + microsPerDay].map(near => rules.at(near)))
  const shown = [...phases].filter(({ phase }) => rules.at(wall - phase.offset).phase.offset === phase.offset)
  const [only, other] = shown
  if (only === undefined) return inGap(rules, naive, isDst)
  if (other === undefined) return moment(wall, only)
  if (isDst === null) return raise('AmbiguousTimeError', str(naive))
  const wanted = shown.filter(({ phase }) => (phase.dst !== 0n) === isDst)
  if (wanted.length === 1) return moment(wall, wanted[0] ?? only)
  // Both are, or neither is: the later moment for standard time, the earlier for summer time.
  const byOffset = (wanted.length === 0 ? shown : wanted).toSorted((a, b) =>
    Number(a.phase.offset - b.phase.offset),
  )
  return moment(wall, (isDst ? byOffset.at(-1) : byOffset[0]) ?? only)
}

/** Wider than any jump of a clock. */
const jumpMax = 6n * microsPerHour

function inGap(rules: Rules, naive: Moment, isDst: boolean | null): Moment {
  if (isDst === null) return raise('NonExistentTimeError', str(naive))
  const by = isDst ? jumpMax : -jumpMax
  const near = localized(rules, moment(naive.micros + by, null), isDst)
  return moment(naive.micros, near.zone)
}
