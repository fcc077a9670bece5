import type { Event, EventBody } from '../../model/index.ts'
import { changeWords, partitionWords } from './live.ts'
import { marked } from './marks.ts'
import { count, counted, duration, moment } from './numbers.ts'
import type { Palette } from './palette.ts'
import { visible } from './table.ts'

/** One event as one line: when, whom, what. */
export function eventLine(event: Event, palette: Palette): string {
  const { asset, attempt, atMs, body } = event
  const again = attempt !== undefined && attempt > 1 ? ` (attempt ${attempt})` : ''
  const subject = asset === undefined ? '' : `${asset}${again}  `
  return `${palette.dim(moment(atMs))}  ${markOf(body, palette)} ${subject}${wordsOf(body)}`.trimEnd()
}

function markOf(body: EventBody, palette: Palette): string {
  if (body.kind === 'step.finished') return marked(body.outcome, palette)
  if (body.kind === 'step.retrying') return marked('retry', palette)
  if (body.kind === 'check.finished') {
    if (body.verdict.outcome === 'pass') return marked('success', palette)
    return marked(body.verdict.severity === 'error' ? 'failed' : 'warn', palette)
  }
  const isWarning =
    body.kind === 'contract.changed' ||
    body.kind === 'rows.refused' ||
    body.kind === 'run.cancelling' ||
    (body.kind === 'log' && body.level === 'warn')
  return isWarning ? marked('warn', palette) : ' '
}

function wordsOf(body: EventBody): string {
  switch (body.kind) {
    case 'run.started':
      return startedWords(body)
    case 'run.cancelling':
      return `cancelling: ${body.why}`
    case 'run.finished':
      return `run ${body.outcome}  ${duration(body.durationMs)}`
    case 'step.started':
      return `started: ${body.reason.words}${body.partitions ? `  ${partitionWords(body.partitions)}` : ''}`
    case 'step.publishing':
      return 'publishing'
    case 'step.retrying':
      return `${body.failure.title} Again in ${duration(body.delayMs)}.  ${body.failure.code}`
    case 'step.finished':
      return finishedWords(body)
    case 'check.finished':
      return body.verdict.words
    case 'contract.changed':
      return `contract ${body.version}: ${body.changes.map(changeWords).join(', ') || 'inferred'}`
    case 'rows.refused':
      return `${counted(body.rows, 'row')} refused: ${rules(body.byRule)}`
    case 'source.progress':
      return `read ${counted(body.rows, 'row')} so far`
    case 'log':
      return visible(body.words)
  }
}

function startedWords(body: Extract<EventBody, { kind: 'run.started' }>): string {
  const resumes = body.resumes === undefined ? '' : `, resumes ${body.resumes}`
  return `run started by ${body.actor} (${body.trigger}${resumes}): ${counted(body.steps, 'step')}`
}

function finishedWords(body: Extract<EventBody, { kind: 'step.finished' }>): string {
  const { counts, failure, words, partitions, recovered } = body
  const parts = [
    body.outcome,
    counts ? counted(counts.out, 'row') : '',
    counts && counts.refused > 0 ? `${count(counts.refused)} refused` : '',
    partitions ? partitionWords(partitions) : '',
    body.durationMs > 0 ? duration(body.durationMs) : '',
    recovered ? 'taken over from a crashed run' : '',
    words ?? '',
    failure ? `${failure.title}  ${failure.code}` : '',
  ]
  return parts.filter(part => part !== '').join('  ')
}

function rules(byRule: { readonly [rule: string]: number }): string {
  return Object.entries(byRule)
    .map(([rule, rows]) => `${rule} ${count(rows)}`)
    .join(', ')
}
