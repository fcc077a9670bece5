import type { Batch, ReadContext, Source } from '../connect/index.ts'
import type { Json } from '../model/index.ts'
import type { Case } from './case.ts'
import { holds, refuses, same } from './promise.ts'

/** How to get a live source to try. */
export type SourceSubject = {
  /** The source over data of its own, for every case. */
  readonly fresh: () => Promise<SourceTrial>
  /** Sources that must refuse with a catalogued failure: its code, and what makes it bad. */
  readonly bad?: readonly {
    readonly name: string
    readonly code: string
    readonly fresh: () => Promise<SourceTrial>
  }[]
}

export type SourceTrial = {
  readonly source: Source
  readonly context: ReadContext
  /** Rows that a first, complete read gives. */
  readonly rows: number
  /** Rows of one batch, where the suite cannot count them itself (`files`). */
  readonly count?: (batch: Batch) => Promise<number>
  /**
   * Add rows at the source, so that a second read has something new; returns how many. Absent: it cannot
   * change.
   */
  readonly grow?: () => Promise<number>
  readonly dispose: () => Promise<void>
}

/** Every promise of a `Source`: reads, resumes, cancels, refuses, probes the same when nothing changed. */
export function sourceSuites(subject: SourceSubject): readonly Case[] {
  const bad = subject.bad ?? []
  return [
    onSource(
      subject.fresh,
      'is a frozen handle that keeps no secret and does nothing before it is read',
      isHandle,
    ),
    onSource(subject.fresh, 'reads every row, and the same rows again', readsAll),
    onSource(
      subject.fresh,
      'goes on from every position it gave, losing nothing and giving nothing twice',
      resumes,
    ),
    onSource(subject.fresh, 'gives nothing more once all was read, and what is new afterwards', follows),
    onSource(subject.fresh, 'stops when it is cancelled', cancels),
    onSource(
      subject.fresh,
      'probes the same while nothing changes, and differently when something did',
      probes,
    ),
    ...bad.map(({ name, code, fresh }) =>
      onSource(fresh, `refuses ${name}`, async trial => {
        same('the failure has its code', await refuses('bad input is refused', () => readFrom(trial)), code)
      }),
    ),
  ]
}

function onSource(
  fresh: SourceSubject['fresh'],
  name: string,
  act: (trial: SourceTrial) => Promise<void>,
): Case {
  const run = async () => {
    const trial = await fresh()
    try {
      await act(trial)
    } finally {
      await trial.dispose()
    }
  }
  return { name, run }
}

type Read = { readonly rows: number; readonly position: Json | undefined }

/** Read on from a position; what each batch had and where the source stood after it. */
async function readFrom(trial: SourceTrial, position?: Json): Promise<readonly Read[]> {
  const reads: Read[] = []
  for await (const batch of trial.source.read({ position, since: undefined }, trial.context))
    reads.push({ rows: await rowsIn(trial, batch), position: batch.position })
  return reads
}

async function rowsIn(trial: SourceTrial, batch: Batch): Promise<number> {
  if (trial.count !== undefined) return trial.count(batch)
  if (batch.kind === 'rows') return batch.rows.length
  if (batch.kind === 'columns') return batch.rows
  const known = batch.kind === 'bytes' ? batch.rows : undefined
  holds('the trial can count its rows', known !== undefined, `a batch of ${batch.kind} and no \`count\``)
  return known ?? 0
}

function total(reads: readonly Read[]): number {
  return reads.reduce((sum, { rows }) => sum + rows, 0)
}

async function isHandle({ source }: SourceTrial): Promise<void> {
  holds('the handle is frozen', Object.isFrozen(source), 'it can be changed')
  same('its options survive JSON', JSON.parse(JSON.stringify(source.options)), source.options)
  holds('it tells people what it is', source.describe !== '', 'describe is empty')
}

async function readsAll(trial: SourceTrial): Promise<void> {
  same('rows read', total(await readFrom(trial)), trial.rows)
  same('rows read again', total(await readFrom(trial)), trial.rows)
}

async function resumes(trial: SourceTrial): Promise<void> {
  const reads = await readFrom(trial)
  for (const [i, { position }] of reads.entries()) {
    if (position === undefined) continue
    same('a position survives JSON', JSON.parse(JSON.stringify(position)), position)
    const rest = total(await readFrom(trial, position))
    same(`rows after batch ${i + 1} of ${reads.length}`, rest, total(reads.slice(i + 1)))
  }
}

async function follows(trial: SourceTrial): Promise<void> {
  const reads = await readFrom(trial)
  const last = reads.findLast(({ position }) => position !== undefined)?.position
  if (last === undefined) return
  same('nothing is new', total(await readFrom(trial, last)), 0)
  if (trial.grow === undefined) return
  const grown = await trial.grow()
  same('what is new is read, and only that', total(await readFrom(trial, last)), grown)
}

async function cancels(trial: SourceTrial): Promise<void> {
  const stop = new AbortController()
  stop.abort()
  const cancelled = { ...trial, context: { ...trial.context, signal: stop.signal } }
  const rows = await readFrom(cancelled).then(total, () => 0)
  holds('a cancelled read ends', rows < trial.rows || trial.rows === 0, `it read all ${rows} rows`)
}

async function probes(trial: SourceTrial): Promise<void> {
  const { source, context } = trial
  if (source.probe === undefined) return
  const before = await source.probe(context)
  same('a second probe', await source.probe(context), before)
  await readFrom(trial)
  same('a probe after reading', await source.probe(context), before)
  if (trial.grow === undefined) return
  await trial.grow()
  holds(
    'a probe tells that the source has grown',
    (await source.probe(context)) !== before,
    'it says the same',
  )
}
