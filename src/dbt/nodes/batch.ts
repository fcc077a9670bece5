import { Dict, type Value } from '../../jinja/index.ts'
import type { EventTimeFilter } from '../adapter/relation.ts'
import type { Resource } from '../face.ts'
import { utcMoment } from '../python/datetime.ts'
import type { Scene } from './scene.ts'

/** A slice of time of a microbatch model: `end` does not belong to it. */
export type Batch = {
  readonly id: string
  readonly startMs: number
  readonly endMs: number
}

/** `model.batch`. */
export function batchValue({ id, startMs, endMs }: Batch): Value {
  return Dict.of([
    ['id', id],
    ['event_time_start', utcMoment(startMs)],
    ['event_time_end', utcMoment(endMs)],
  ])
}

/** Which rows of what it reads a node sees: those of its batch, or of the sample that is asked for. */
export function filterFor({ world, node, batch }: Scene, target: Resource): EventTimeFilter | null {
  const field = target.config.event_time
  if (typeof field !== 'string' || (node.resource_type !== 'model' && node.resource_type !== 'snapshot'))
    return null
  const { sample } = world
  const name = quotedField(target, field)
  const startMs = later(batch?.startMs, sample?.startMs)
  const endMs = earlier(batch?.endMs, sample?.endMs)
  if (startMs === undefined && endMs === undefined) return null
  return {
    field: name,
    start: startMs === undefined ? null : moment(startMs),
    end: endMs === undefined ? null : moment(endMs),
  }
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}

/** `2026-01-31 00:00:00+00:00`, as Python writes it. */
function moment(ms: number): string {
  const [day = '', time = ''] = new Date(ms).toISOString().split('T')
  const [seconds = '', fraction = ''] = time.replace('Z', '').split('.')
  const micros = fraction === '000' ? '' : `.${fraction}000`
  return `${day} ${seconds}${micros}+00:00`
}

/** A column's own word on quoting comes before that of its source. */
function quotedField({ columns, quoting }: Resource, field: string): string {
  const column = (columns as { readonly [name: string]: { readonly quote?: boolean | null } } | undefined)?.[
    field
  ]
  const general = (quoting as { readonly column?: boolean | null } | undefined)?.column
  return (column?.quote ?? general ?? false) ? `"${field}"` : field
}

const sizes: { readonly [size: string]: (date: Date, by: number) => void } = {
  hour: (date, by) => date.setUTCHours(date.getUTCHours() + by),
  day: (date, by) => date.setUTCDate(date.getUTCDate() + by),
  month: (date, by) => date.setUTCMonth(date.getUTCMonth() + by),
  year: (date, by) => date.setUTCFullYear(date.getUTCFullYear() + by),
}

export type BatchWish = {
  readonly size: string
  /** The model's `begin`. */
  readonly beginMs: number
  /** How many batches before the current one are made again. */
  readonly lookback: number
  readonly nowMs: number
  /** The command's own range. */
  readonly startMs?: number | undefined
  readonly endMs?: number | undefined
  readonly isIncremental: boolean
}

/** The slices of time that a run of a microbatch model makes, oldest first. */
export function batchesOf(wish: BatchWish): readonly Batch[] {
  const step = sizes[wish.size]
  if (!step) return []
  const cut = (ms: number, by = 0) => shifted(truncated(ms, wish.size), by, step)
  const endMs = wish.endMs === undefined ? cut(wish.nowMs, 1) : ceiled(wish.endMs, wish.size, step)
  const firstMs =
    wish.startMs !== undefined
      ? cut(wish.startMs)
      : wish.isIncremental
        ? shifted(truncated(endMs - 1, wish.size), -wish.lookback, step)
        : cut(wish.beginMs)
  const batches: Batch[] = []
  for (let startMs = firstMs; startMs < endMs; ) {
    const nextMs = shifted(startMs, 1, step)
    batches.push({ id: batchId(startMs, wish.size), startMs, endMs: Math.min(nextMs, endMs) })
    startMs = nextMs
  }
  return batches
}

function truncated(ms: number, size: string): number {
  const text = new Date(ms).toISOString()
  const kept: { readonly [size: string]: string } = {
    hour: `${text.slice(0, 13)}:00:00.000Z`,
    day: `${text.slice(0, 10)}T00:00:00.000Z`,
    month: `${text.slice(0, 7)}-01T00:00:00.000Z`,
    year: `${text.slice(0, 4)}-01-01T00:00:00.000Z`,
  }
  return Date.parse(kept[size] ?? text)
}

function ceiled(ms: number, size: string, step: (date: Date, by: number) => void): number {
  const below = truncated(ms, size)
  return below === ms ? ms : shifted(below, 1, step)
}

function shifted(ms: number, by: number, step: (date: Date, by: number) => void): number {
  const date = new Date(ms)
  step(date, by)
  return date.getTime()
}

function batchId(ms: number, size: string): string {
  const text = new Date(ms).toISOString()
  const lengths: { readonly [size: string]: number } = { hour: 13, day: 10, month: 7, year: 4 }
  return text.slice(0, lengths[size] ?? 10).replace(/[-T:]/g, '')
}
