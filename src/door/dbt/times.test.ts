import { expect, test } from 'vitest'
import { settingsOf } from './settings.ts'
import { eventTimeOf, sampleOf } from './times.ts'

const settings = (given: { readonly [name: string]: string }) => settingsOf({ given, env: {}, project: {} })
const iso = (span: { readonly startMs: number; readonly endMs: number } | undefined) =>
  span && [span.startMs, span.endMs].map(ms => new Date(ms).toISOString().slice(0, 16))
const nowMs = Date.parse('2026-03-31T10:20:00Z')

test.each([
  ['3 days', ['2026-03-28T10:20', '2026-03-31T10:20']],
  ['1 hour', ['2026-03-31T09:20', '2026-03-31T10:20']],
  ['1 Month', ['2026-02-28T10:20', '2026-03-31T10:20']],
  ['2 years', ['2024-03-31T10:20', '2026-03-31T10:20']],
  ['{start: 2026-01-01, end: 2026-01-02 05:00:00}', ['2026-01-01T00:00', '2026-01-02T05:00']],
])('a sample of %s', (sample, span) => {
  expect(iso(sampleOf(settings({ sample }), nowMs))).toEqual(span)
})

test('event times stand together, the first one first', () => {
  const of = (start?: string, end?: string) =>
    eventTimeOf(
      settings({ ...(start && { 'event-time-start': start }), ...(end && { 'event-time-end': end }) }),
    )
  expect(of()).toBeUndefined()
  expect(iso(of('2026-01-01', '2026-01-01T06:00:00'))).toEqual(['2026-01-01T00:00', '2026-01-01T06:00'])
  expect(() => of('2026-01-01')).toThrow('`--event-time-start` takes `--event-time-end` beside it.')
  expect(() => of('2026-01-02', '2026-01-01')).toThrow('a time before that of `--event-time-end`')
  expect(() => of('yesterday', '2026-01-01')).toThrow('`--event-time-start` takes a time')
})
