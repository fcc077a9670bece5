import { isObject, loadYaml } from '../../dbt/index.ts'
import { failure } from '../../errors/index.ts'
import type { Settings } from './settings.ts'

/** A span of time; its end does not belong to it. */
export type Span = { readonly startMs: number; readonly endMs: number }

/** `--event-time-start` and `--event-time-end`: both or none. */
export function eventTimeOf(settings: Settings): Span | undefined {
  const [start, end] = ['event-time-start', 'event-time-end'].map(name => {
    const text = settings.text(name)
    return text === undefined ? undefined : instantOf(text, name)
  })
  if (start === undefined && end === undefined) return undefined
  if (start === undefined || end === undefined) {
    const [has, lacks] = end === undefined ? ['start', 'end'] : ['end', 'start']
    throw refused(`event-time-${has}`, `\`--event-time-${lacks}\` beside it`)
  }
  if (start >= end) throw refused('event-time-start', 'a time before that of `--event-time-end`')
  return { startMs: start, endMs: end }
}

/** `--sample '3 days'`, or `--sample '{start: 2026-01-01, end: 2026-02-01}'`. */
export function sampleOf(settings: Settings, nowMs: number): Span | undefined {
  const text = settings.text('sample')?.trim()
  if (text === undefined) return undefined
  const expected = 'a length of time such as `3 days`, or a mapping of `start` and `end`'
  if (text.startsWith('{')) {
    const read = loadYaml(text, { path: '--sample' })
    if (!isObject(read) || !read.start || !read.end) throw refused('sample', expected)
    return { startMs: instantOf(String(read.start), 'sample'), endMs: instantOf(String(read.end), 'sample') }
  }
  const [, number = '', unit = ''] = /^(\d+) (hour|day|month|year)s?$/i.exec(text) ?? []
  if (unit === '') throw refused('sample', expected)
  return { startMs: backBy(nowMs, Number(number), unit.toLowerCase()), endMs: nowMs }
}

// What dbt takes: a day, or a time of a day; in UTC.
const instant = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d))?$/

function instantOf(text: string, flag: string): number {
  const [, day, time = '00:00:00'] = instant.exec(text) ?? []
  const ms = Date.parse(`${day}T${time}Z`)
  if (Number.isNaN(ms)) throw refused(flag, 'a time, `2026-01-31` or `2026-01-31 05:00:00`')
  return ms
}

/** A month before the 31st is the last day of a shorter month. */
function backBy(ms: number, number: number, unit: string): number {
  const date = new Date(ms)
  if (unit === 'hour') date.setUTCHours(date.getUTCHours() - number)
  if (unit === 'day') date.setUTCDate(date.getUTCDate() - number)
  if (unit === 'hour' || unit === 'day') return date.getTime()
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() - number * (unit === 'year' ? 12 : 1))
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, last))
  return date.getTime()
}

function refused(flag: string, expected: string) {
  return failure('SLUICE_CLI_OPTION_VALUE', { option: `--${flag}`, expected })
}
