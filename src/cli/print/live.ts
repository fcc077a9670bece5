import type { Event, EventBody, Verdict } from '../../model/index.ts'
import { marked } from './marks.ts'
import { count, counted, duration } from './numbers.ts'
import type { Out } from './out.ts'
import { pad, visible } from './table.ts'

/** How a step ended, and what its checks found. */
type End = {
  readonly body: Extract<EventBody, { kind: 'step.finished' }>
  readonly verdicts: readonly Verdict[]
}

/** Lines of a run as it happens: one per step when it finishes; on a terminal one status line below. */
export type Live = {
  readonly on: (event: Event) => void
  /** Draws the status line again: time has passed. */
  readonly tick: () => void
}

type State = {
  readonly running: Map<string, { readonly asset: string; readonly atMs: number }>
  readonly verdicts: Map<string, Verdict[]>
  steps: number
  done: number
}

export type LiveOptions = {
  /** Width of the column of names; names are known before the first line. */
  readonly nameWidth: number
  readonly nowMs: () => number
}

/** Folds events into lines, in the order in which they are committed. */
export function live(out: Out, { nameWidth, nowMs }: LiveOptions): Live {
  const state: State = { running: new Map(), verdicts: new Map(), steps: 0, done: 0 }
  const tick = () => {
    if (out.isLive) out.status(statusOf(state, nowMs()))
  }
  const on = (event: Event) => {
    remember(state, event)
    for (const line of linesOf(event, state, { out, nameWidth })) out.say(line)
    if (event.body.kind === 'step.finished' && event.step !== undefined) state.verdicts.delete(event.step)
    if (event.body.kind === 'run.finished') out.status(undefined)
    else tick()
  }
  return { on, tick }
}

function remember(state: State, { step = '', asset = '', body, atMs }: Event): void {
  if (body.kind === 'run.started') state.steps = body.steps
  if (body.kind === 'step.started') state.running.set(step, { asset, atMs })
  if (body.kind === 'check.finished')
    state.verdicts.set(step, [...(state.verdicts.get(step) ?? []), body.verdict])
  // A new attempt asks every check again.
  if (body.kind === 'step.retrying') state.verdicts.delete(step)
  if (body.kind !== 'step.finished') return
  state.running.delete(step)
  state.done += 1
}

type Paper = { readonly out: Out; readonly nameWidth: number }

function linesOf(event: Event, state: State, paper: Paper): readonly string[] {
  const { asset = '', step = '', attempt, body } = event
  const { palette } = paper.out
  const line = (mark: Parameters<typeof marked>[0], words: string) =>
    `  ${marked(mark, palette)} ${asset === '' ? '' : `${pad(asset, paper.nameWidth)}  `}${words}`
  if (body.kind === 'step.finished')
    return [finished(asset, { body, verdicts: state.verdicts.get(step) ?? [] }, paper)]
  // A check in a file of its own belongs to no step.
  if (body.kind === 'check.finished' && event.step === undefined) return [fileCheck(body.verdict, paper)]
  if (body.kind === 'step.retrying')
    return [
      line(
        'retry',
        `attempt ${attempt ?? 1} failed: ${body.failure.title} Again in ${duration(body.delayMs)}.`,
      ),
    ]
  if (body.kind === 'log')
    return [
      body.level === 'warn' ? line('warn', visible(body.words)) : `    ${palette.dim(visible(body.words))}`,
    ]
  if (body.kind === 'contract.changed' && body.changes.length > 0)
    return [line('warn', `contract ${body.version}: ${body.changes.map(changeWords).join(', ')}`)]
  return []
}

/** `✓ marts.revenue  84 rows  0.01s  3/3 checks` */
function finished(asset: string, end: End, { out, nameWidth }: Paper): string {
  const { palette } = out
  const { body, verdicts } = end
  const isWarned = body.outcome === 'success' && verdicts.some(({ outcome }) => outcome !== 'pass')
  const rows = body.counts ? counted(body.counts.out, 'row') : ''
  const middle = didRun(body)
    ? `${pad(rows, rowsWidth, 'right')}  ${palette.dim(pad(duration(body.durationMs), 6, 'right'))}`
    : pad(body.outcome, rowsWidth + 8)
  const parts = [middle, ...extrasOf(end)].filter(part => part !== '')
  const mark = marked(isWarned ? 'warn' : body.outcome, palette)
  return `  ${mark} ${pad(asset, nameWidth)}  ${parts.join('  ')}`.trimEnd()
}

/** `✓ revenue_matches_orders  check` */
function fileCheck({ check, outcome, severity }: Verdict, { out, nameWidth }: Paper): string {
  const broken = severity === 'error' ? 'failed' : 'warn'
  const mark = marked(outcome === 'pass' ? 'success' : broken, out.palette)
  return `  ${mark} ${pad(check, nameWidth)}  ${pad('check', rowsWidth, 'right')}`
}

// `3,000,000,000 rows` is wider than anything seen; wider ones push, they are not cut.
const rowsWidth = 14

function didRun({ outcome }: End['body']): boolean {
  return outcome === 'success' || outcome === 'failed'
}

function extrasOf({ body, verdicts }: End): readonly string[] {
  const passed = verdicts.filter(({ outcome }) => outcome === 'pass').length
  const { counts, partitions } = body
  return [
    verdicts.length > 0 ? `${passed}/${counted(verdicts.length, 'check')}` : '',
    partitions && (didRun(body) || body.outcome === 'unchanged') ? partitionWords(partitions) : '',
    counts && counts.refused > 0 ? `${count(counts.refused)} refused` : '',
    counts && counts.deduplicated > 0 ? counted(counts.deduplicated, 'duplicate') : '',
    body.recovered ? 'taken over from a crashed run' : '',
    // That it was cancelled, the outcome has said.
    body.outcome === 'cancelled' ? '' : (body.words ?? ''),
    body.failure && verdicts.length === passed ? body.failure.title : '',
  ]
}

/** `31 partitions 2026-01-01..2026-01-31`, or the one key. */
export function partitionWords(range: {
  readonly first: string
  readonly last: string
  readonly count: number
}) {
  if (range.count === 1) return range.first
  return `${counted(range.count, 'partition')} ${range.first}..${range.last}`
}

export function changeWords(
  change: Extract<EventBody, { kind: 'contract.changed' }>['changes'][number],
): string {
  if (change.kind === 'new column') return `new column ${change.column} ${change.type}`
  if (change.kind === 'missing column') return `column ${change.column} is missing`
  return `column ${change.column} was ${change.from}, is ${change.to}`
}

function statusOf({ running, steps, done }: State, nowMs: number): string | undefined {
  if (running.size === 0) return undefined
  const names = [...running.values()].map(
    ({ asset, atMs }) => `${asset} ${duration(Math.max(0, nowMs - atMs))}`,
  )
  return `  ${count(done)} of ${counted(steps, 'step')} · ${names.join(' · ')}`
}
