import { Float, raise, typeName, type Value } from '../../../jinja/index.ts'
import { epochOrdinal } from '../calendar.ts'
import { abbreviationAt } from '../pytz/abbreviation.ts'
import { microsPerDay, microsPerMinute, microsPerSecond } from './duration.ts'
import { type Wall, wallMicros, wallOf } from './wall.ts'

/** What `now()` and `today()` ask: the time in UTC, as microseconds of a wall there. */
export type Local = { readonly now: () => bigint }

const epochMicros = BigInt(epochOrdinal) * microsPerDay
const microsPerMs = 1000n

/** Unix milliseconds, whose fraction counts, as a wall in UTC. */
export function utcOfMs(ms: number): bigint {
  const whole = Math.floor(ms)
  return epochMicros + BigInt(whole) * microsPerMs + BigInt(Math.floor((ms - whole) * 1000))
}

/** A wall in UTC as microseconds since 1970. */
export function sinceEpoch(utc: bigint): bigint {
  return utc - epochMicros
}

/** A wall in UTC as Unix milliseconds, rounded down. */
export function msOf(utc: bigint): number {
  const micros = sinceEpoch(utc)
  return Number(micros >= 0n ? micros / microsPerMs : -((-micros + microsPerMs - 1n) / microsPerMs))
}

/** What the clocks of this machine's zone show when it is `utc` there. */
export function localWall(utc: bigint): Wall {
  return wallOf(utc + localOffset(utc))
}

/** How far this machine's zone is east of UTC, in microseconds. */
export function localOffset(utc: bigint): bigint {
  return BigInt(-new Date(msOf(utc)).getTimezoneOffset()) * microsPerMinute
}

/** The wall in UTC when this machine's clocks show that. */
export function utcOfLocal(wall: Wall): bigint {
  const shown = wallMicros(wall)
  const guess = shown - localOffset(shown)
  const better = shown - localOffset(guess)
  return shown - localOffset(better) === better ? better : guess
}

/** `CET`: what this machine's zone is called then. */
export function localName(utc: bigint): string {
  return abbreviationAt(new Intl.DateTimeFormat().resolvedOptions().timeZone, msOf(utc), localOffset(utc))
}

/** Beyond it C has no `time_t`. */
const secondsMax = 2 ** 63

/** Seconds since 1970, as `fromtimestamp` takes them, as a wall in UTC: halves go to the even microsecond. */
export function wantTimestamp(value: Value): bigint {
  if (typeof value === 'number' || typeof value === 'boolean')
    return inRange(epochMicros + BigInt(value) * microsPerSecond)
  if (!(value instanceof Float)) {
    if (typeof value === 'bigint') return tooFar()
    return raise('TypeError', `'${typeName(value)}' object cannot be interpreted as an integer`)
  }
  const seconds = value.value
  if (Number.isNaN(seconds)) return raise('ValueError', 'Invalid value NaN (not a number)')
  if (Math.abs(seconds) >= secondsMax) return tooFar()
  const whole = Math.floor(seconds)
  const fraction = (seconds - whole) * Number(microsPerSecond)
  const down = Math.floor(fraction)
  const isUp = fraction - down > 0.5 || (fraction - down === 0.5 && down % 2 === 1)
  return inRange(epochMicros + BigInt(whole) * microsPerSecond + BigInt(isUp ? down + 1 : down))
}

function tooFar(): never {
  return raise('OverflowError', 'timestamp out of range for platform time_t')
}

const yearDays = 365.2425

function inRange(utc: bigint): bigint {
  const days = Number(utc / microsPerDay)
  const year = Math.floor(days / yearDays) + 1
  return year < 1 || year > 9999 ? raise('ValueError', `year ${year} is out of range`) : utc
}
