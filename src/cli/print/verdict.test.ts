import { expect, test } from 'vitest'
import type { RunReport, StepReport } from '../../door/index.ts'
import { failure } from '../../errors/index.ts'
import type { Plan, Step, Verdict } from '../../model/index.ts'
import { paperWorld } from '../../../test/cli/paper.ts'
import { outOf } from './out.ts'
import { plain } from './palette.ts'
import { planLines } from './plan.ts'
import { conclude, exitOfRun } from './verdict.ts'

const pass: Verdict = {
  check: 'id unique',
  severity: 'error',
  outcome: 'pass',
  words: 'id unique: 1,000 rows',
}
const broken: Verdict = {
  ...pass,
  check: 'country in',
  outcome: 'fail',
  words: 'country in DE FR IN: 333 of 1,000 rows',
}
const dirty: Verdict = { ...broken, severity: 'warn', words: 'name not null: 2 of 1,000 rows' }

function step(asset: string, outcome: StepReport['outcome'], more: Partial<StepReport> = {}): StepReport {
  const counts = { in: 0, out: 0, refused: 0, deduplicated: 0 }
  const nothing = { verdicts: [], failure: undefined, words: undefined }
  return { step: asset, asset, outcome, durationMs: 1, counts, ...nothing, ...more }
}

function report(
  outcome: RunReport['outcome'],
  steps: readonly StepReport[],
  upToDate: readonly string[] = [],
): RunReport {
  const plan: Plan = {
    steps: [],
    upToDate: upToDate.map(asset => ({ asset, words: 'nothing changed' })),
    expected: { workMs: 0, wallMs: 0, unknown: 0 },
  }
  return { run: 'r1', outcome, durationMs: 200, plan, steps, recovered: 0 }
}

function told(made: RunReport): string {
  const paper = paperWorld()
  const out = outOf(paper.world, { json: false, noColor: true })
  conclude(made, { root: '/nowhere', target: 'duckdb shop.duckdb', environment: 'default' }, out)
  return `${paper.stderr()}exit ${exitOfRun(made)}`
}

test('all went well: the verdict, the tables, one next command', () => {
  const steps = [step('raw.orders', 'success', { verdicts: [pass] }), step('marts.revenue', 'success')]
  expect(told(report('success', steps))).toMatchInlineSnapshot(`
    "  done  2 assets, 1 check, 0 failed  0.20s
            tables in duckdb shop.duckdb
      next  sluice show marts.revenue
    exit 0"
  `)
})

test('a run that only warns, refuses and leaves things as they are is done', () => {
  const counts = { in: 9, out: 7, refused: 2, deduplicated: 0 }
  const steps = [
    step('raw.orders', 'success', { verdicts: [pass, dirty], counts }),
    step('marts.same', 'unchanged'),
  ]
  expect(told(report('success', steps, ['marts.other']))).toMatchInlineSnapshot(`
    "  ! raw.orders  name not null: 2 of 1,000 rows

      done  1 asset, 2 checks, 0 failed, 1 warned, 2 up to date, 2 rows refused  0.20s
            tables in duckdb shop.duckdb
      next  sluice quality raw.orders
    exit 0"
  `)
})

test('a failed check is told once, and what waits behind it is counted', () => {
  const checks = failure('SLUICE_INTERNAL', { doing: 'checking', words: 'not shown: the check has said it' })
  const steps = [
    step('staging.orders', 'failed', { verdicts: [pass, broken], failure: checks }),
    step('marts.revenue', 'blocked'),
  ]
  expect(told(report('failed', steps))).toMatchInlineSnapshot(`
    "  ✗ staging.orders  country in DE FR IN: 333 of 1,000 rows

      failed  1 asset, 2 checks, 1 failed, 1 blocked  0.20s
      next  sluice quality staging.orders
    exit 1"
  `)
})

test('a failure is told with its fix; one that an outside system caused has its own exit code', () => {
  const away = failure('SLUICE_INTERNAL', { doing: 'reading', words: 'the disk is full' })
  expect(told(report('failed', [step('raw.orders', 'failed', { failure: away })]))).toMatchInlineSnapshot(`
    "  ✗ raw.orders
    error Something unforeseen happened while reading.
      the disk is full
      fix  If this is your own code, mend it there; if not, \`sluice doctor\` gathers what a report needs.
      SLUICE_INTERNAL · sluice explain SLUICE_INTERNAL

      failed  1 asset, 0 checks, 1 failed  0.20s
      next  sluice run  goes on where this run stopped
    exit 1"
  `)
  const outside = Object.assign(failure('SLUICE_INTERNAL', { doing: 'a', words: 'b' }), { exit: 3 })
  const one = step('raw.a', 'failed', { failure: outside })
  expect(exitOfRun(report('failed', [one, step('marts.a', 'blocked')]))).toBe(3)
  expect(exitOfRun(report('failed', [one, step('raw.b', 'failed', { verdicts: [broken] })]))).toBe(1)
})

test('a cancelled run says how to go on', () => {
  const steps = [step('raw.orders', 'success'), step('marts.revenue', 'cancelled')]
  expect(told(report('cancelled', steps))).toMatchInlineSnapshot(`
    "  cancelled  1 asset, 0 checks, 0 failed, 1 cancelled  0.20s
      next  sluice run  goes on where this run stopped
    exit 130"
  `)
})

test('a plan has one line for each asset, whatever the number of its steps', () => {
  const wanted = (asset: string, more: Partial<Step>): Step => ({
    id: asset,
    asset,
    partitions: undefined,
    action: 'build',
    reason: { code: 'new', words: 'never built' },
    conditional: false,
    needs: [],
    write: 'replace',
    expectedMs: undefined,
    ...more,
  })
  const part = (first: string, last: string, count: number) =>
    wanted('marts.daily', {
      partitions: { first, last, count },
      write: 'replace-partition',
      reason: { code: 'partition missing', words: '14 partitions were never built' },
      expectedMs: 1000,
    })
  const plan: Plan = {
    steps: [
      wanted('raw.orders', {}),
      part('2026-01-01', '2026-01-07', 7),
      part('2026-01-08', '2026-01-14', 7),
      wanted('marts.late', {
        conditional: true,
        expectedMs: 10,
        reason: { code: 'upstream changed', words: 'marts.daily may change' },
      }),
      wanted('marts.checked', {
        action: 'audit',
        expectedMs: 5,
        reason: { code: 'checks changed', words: 'its checks changed' },
      }),
      wanted('marts.again', {
        expectedMs: 5,
        reason: { code: 'failed before', words: 'it failed in the last run' },
      }),
    ],
    upToDate: [{ asset: 'marts.a', words: 'nothing changed' }],
    expected: { workMs: 2020, wallMs: 1015, unknown: 1 },
  }
  expect(planLines(plan, plain).join('\n')).toMatchInlineSnapshot(`
    "  + raw.orders     not known  never built
      + marts.daily    2.00s      14 partitions were never built   14 partitions 2026-01-01..2026-01-14 in 2 steps
      ? marts.late     0.01s      marts.daily may change
      ~ marts.checked  0.01s      checks only: its checks changed
      ! marts.again    0.01s      it failed in the last run

      = 1 asset up to date
      5 assets, 6 steps, about 1.01s (2.02s of work), and 1 step not run before"
  `)
  expect(planLines({ ...plan, steps: [] }, plain).join('\n')).toMatchInlineSnapshot(`
    "  = 1 asset up to date
      nothing to do"
  `)
})
