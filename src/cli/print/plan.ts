import type { Plan, Reason, Step } from '../../model/index.ts'
import { partitionWords } from './live.ts'
import { counted, duration } from './numbers.ts'
import type { Palette } from './palette.ts'
import { columnsOf } from './table.ts'

/** Why, in one letter; the words beside it say the same. */
const reasonMarks: { readonly [code in Reason['code']]: string } = {
  new: '+',
  'partition missing': '+',
  'code changed': '~',
  'checks changed': '~',
  'upstream changed': '>',
  'source changed': '>',
  'source cannot say': '>',
  stale: '>',
  'failed before': '!',
  forced: '*',
}

/** Steps in order, one line per asset; what is up to date; how long it will take. */
export function planLines(plan: Plan, palette: Palette): string[] {
  const groups = [...Map.groupBy(plan.steps, step => step.asset).values()]
  const rows = groups.map(steps => rowOf(steps, palette))
  return [
    ...columnsOf(rows).map(line => `  ${line}`),
    ...(rows.length > 0 ? [''] : []),
    ...upToDateLines(plan, palette),
    `  ${totalOf(plan, groups.length)}`,
  ]
}

function rowOf(steps: readonly Step[], palette: Palette): readonly string[] {
  const [first] = steps
  if (!first) return []
  const { reason } = first
  // `?`: it is decided when what it reads has run.
  const mark = first.conditional ? '?' : reasonMarks[reason.code]
  const known = steps.flatMap(({ expectedMs }) => (expectedMs === undefined ? [] : [expectedMs]))
  const expectedMs = known.reduce((sum, ms) => sum + ms, 0)
  const expected = known.length < steps.length ? 'not known' : duration(expectedMs)
  return [
    `${reason.code === 'failed before' ? palette.warn(mark) : palette.good(mark)} ${first.asset}`,
    palette.dim(expected),
    first.action === 'audit' ? `checks only: ${reason.words}` : reason.words,
    palette.dim(partitionsOf(steps)),
  ]
}

/** Partitions of all steps of one asset: `31 partitions 2026-01-01..2026-01-31 in 5 steps`. */
function partitionsOf(steps: readonly Step[]): string {
  const ranges = steps.flatMap(({ partitions }) => (partitions ? [partitions] : []))
  if (ranges.length === 0) return ''
  const first = ranges.map(range => range.first).reduce((least, key) => (key < least ? key : least))
  const last = ranges.map(range => range.last).reduce((most, key) => (key > most ? key : most))
  const count = ranges.reduce((sum, range) => sum + range.count, 0)
  const parts = steps.length > 1 ? ` in ${counted(steps.length, 'step')}` : ''
  return `${partitionWords({ first, last, count })}${parts}`
}

function upToDateLines({ upToDate }: Plan, palette: Palette): readonly string[] {
  const [read, own] = [upToDate.filter(it => it.inBase), upToDate.filter(it => !it.inBase)]
  return [
    ...(own.length > 0 ? [palette.dim(`  = ${counted(own.length, 'asset')} up to date`)] : []),
    ...(read.length > 0 ? [palette.dim(`  = ${counted(read.length, 'asset')} as in the base`)] : []),
  ]
}

function totalOf({ steps, expected }: Plan, assets: number): string {
  if (steps.length === 0) return 'nothing to do'
  const size = `${counted(assets, 'asset')}, ${counted(steps.length, 'step')}`
  if (expected.unknown === steps.length) return `${size}, time not known: none has run before`
  const work = expected.workMs > expected.wallMs ? ` (${duration(expected.workMs)} of work)` : ''
  const unknown = expected.unknown > 0 ? `, and ${counted(expected.unknown, 'step')} not run before` : ''
  return `${size}, about ${duration(expected.wallMs)}${work}${unknown}`
}
