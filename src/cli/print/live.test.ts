import { expect, test } from 'vitest'
import type { Event, EventBody, Verdict } from '../../model/index.ts'
import { paperWorld } from '../../../test/cli/paper.ts'
import { eventLine } from './events.ts'
import { live } from './live.ts'
import { outOf } from './out.ts'
import { plain } from './palette.ts'

const verdict: Verdict = {
  check: 'country in',
  severity: 'error',
  outcome: 'pass',
  words: 'country in DE FR: all rows',
}
const failure = {
  code: 'SLUICE_HTTP_STATUS',
  title: 'The server said 503.',
  fix: 'Wait.',
  retry: 'later',
} as const
const counts = { in: 1000, out: 996, refused: 3, deduplicated: 1 }

/** A run in which everything that can be said is said. */
const story: readonly [asset: string | undefined, body: EventBody][] = [
  [undefined, { kind: 'run.started', project: 'shop', steps: 7, trigger: 'cli', actor: 'ann' }],
  ['raw.orders', { kind: 'step.started', reason: { code: 'new', words: 'never built' } }],
  ['raw.orders', { kind: 'check.finished', verdict: { ...verdict, outcome: 'fail' } }],
  ['raw.orders', { kind: 'step.retrying', failure, delayMs: 1500 }],
  ['raw.orders', { kind: 'log', level: 'warn', words: 'page 2 came twice' }],
  [
    'raw.orders',
    {
      kind: 'contract.changed',
      version: 2,
      changes: [{ kind: 'new column', column: 'note', type: 'VARCHAR' }],
    },
  ],
  ['raw.orders', { kind: 'rows.refused', rows: 3, byRule: { type: 2, 'not null': 1 } }],
  ['raw.orders', { kind: 'check.finished', verdict }],
  ['raw.orders', { kind: 'step.publishing', effect: 'k' }],
  ['raw.orders', { kind: 'step.finished', outcome: 'success', durationMs: 120, counts, version: 1 }],
  ['marts.daily', { kind: 'step.started', reason: { code: 'new', words: 'never built' } }],
  ['marts.daily', { kind: 'check.finished', verdict }],
  ['marts.daily', { kind: 'check.finished', verdict: { ...verdict, severity: 'warn', outcome: 'fail' } }],
  [
    'marts.daily',
    {
      kind: 'step.finished',
      outcome: 'success',
      durationMs: 61_000,
      counts: { in: 3_000_000, out: 3_000_000, refused: 0, deduplicated: 0 },
      partitions: { first: '2026-01-01', last: '2026-01-31', count: 31 },
    },
  ],
  ['marts.broken', { kind: 'step.finished', outcome: 'failed', durationMs: 12, failure }],
  [
    'marts.behind',
    { kind: 'step.finished', outcome: 'blocked', durationMs: 0, words: 'marts.broken failed' },
  ],
  [
    'marts.same',
    { kind: 'step.finished', outcome: 'unchanged', durationMs: 0, words: 'raw.orders has no new version' },
  ],
  ['marts.view', { kind: 'step.finished', outcome: 'success', durationMs: 3, recovered: true }],
  ['marts.late', { kind: 'step.finished', outcome: 'cancelled', durationMs: 5 }],
  [undefined, { kind: 'log', level: 'info', words: 'raw.orders: 50 small files became 1' }],
  [undefined, { kind: 'run.finished', outcome: 'failed', durationMs: 62_000 }],
]

const events: readonly Event[] = story.map(([asset, body], seq) => ({
  seq,
  atMs: Date.UTC(2026, 0, 31, 5, 59, seq),
  run: 'r1',
  ...(asset === undefined ? {} : { asset, step: asset, attempt: 1 }),
  body,
}))

function told(isTty: boolean): string {
  const paper = paperWorld({ isTty })
  const out = outOf(paper.world, { json: false, noColor: true })
  const lines = live(out, { nameWidth: 12, nowMs: () => Date.UTC(2026, 0, 31, 6) })
  for (const event of events) lines.on(event)
  return paper.stderr()
}

test('one line for each step when it finishes; checks of an attempt that failed do not count', () => {
  expect(told(false)).toMatchInlineSnapshot(`
    "  ↻ raw.orders    attempt 1 failed: The server said 503. Again in 1.50s.
      ! raw.orders    page 2 came twice
      ! raw.orders    contract 2: new column note VARCHAR
      ✓ raw.orders          996 rows   0.12s  1/1 check  3 refused  1 duplicate
      ! marts.daily   3,000,000 rows  1m 01s  1/2 checks  31 partitions 2026-01-01..2026-01-31
      ✗ marts.broken                   0.01s  The server said 503.
      ■ marts.behind  blocked                 marts.broken failed
      = marts.same    unchanged               raw.orders has no new version
      ✓ marts.view                     0.00s  taken over from a crashed run
      ◦ marts.late    cancelled
        raw.orders: 50 small files became 1
    "
  `)
})

test('on a terminal the status line stands below, and is gone at the end', () => {
  const text = told(true)
  expect(text).toContain(`${erase}  0 of 7 steps · raw.orders 59.0s`)
  expect(screen(text)).toBe(told(false))
})

test('every event is one line of the log', () => {
  expect(events.map(event => eventLine(event, plain)).join('\n')).toMatchInlineSnapshot(`
    "2026-01-31 05:59:00    run started by ann (cli): 7 steps
    2026-01-31 05:59:01    raw.orders  started: never built
    2026-01-31 05:59:02  ✗ raw.orders  country in DE FR: all rows
    2026-01-31 05:59:03  ↻ raw.orders  The server said 503. Again in 1.50s.  SLUICE_HTTP_STATUS
    2026-01-31 05:59:04  ! raw.orders  page 2 came twice
    2026-01-31 05:59:05  ! raw.orders  contract 2: new column note VARCHAR
    2026-01-31 05:59:06  ! raw.orders  3 rows refused: type 2, not null 1
    2026-01-31 05:59:07  ✓ raw.orders  country in DE FR: all rows
    2026-01-31 05:59:08    raw.orders  publishing
    2026-01-31 05:59:09  ✓ raw.orders  success  996 rows  3 refused  0.12s
    2026-01-31 05:59:10    marts.daily  started: never built
    2026-01-31 05:59:11  ✓ marts.daily  country in DE FR: all rows
    2026-01-31 05:59:12  ! marts.daily  country in DE FR: all rows
    2026-01-31 05:59:13  ✓ marts.daily  success  3,000,000 rows  31 partitions 2026-01-01..2026-01-31  1m 01s
    2026-01-31 05:59:14  ✗ marts.broken  failed  0.01s  The server said 503.  SLUICE_HTTP_STATUS
    2026-01-31 05:59:15  ■ marts.behind  blocked  marts.broken failed
    2026-01-31 05:59:16  = marts.same  unchanged  raw.orders has no new version
    2026-01-31 05:59:17  ✓ marts.view  success  0.00s  taken over from a crashed run
    2026-01-31 05:59:18  ◦ marts.late  cancelled  0.01s
    2026-01-31 05:59:19    raw.orders: 50 small files became 1
    2026-01-31 05:59:20    run failed  1m 02s"
  `)
})

// ESC [ 2 K takes away what the line held.
const erase = '\r\u001b[2K'

/** What is left to see on a terminal. */
function screen(text: string): string {
  const left = (line: string) =>
    line.includes(erase) ? line.slice(line.lastIndexOf(erase) + erase.length) : line
  return text.split('\n').map(left).join('\n')
}
