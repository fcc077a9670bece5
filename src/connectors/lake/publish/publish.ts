import { randomInt, randomUUID } from 'node:crypto'
import type { Effect, Together, WorkRequest } from '../../../connect/index.ts'
import { failure } from '../../../errors/index.ts'
import { record, recorded } from './effects.ts'
import { forget, type Intent, type Part, put, unfinished } from './intent.ts'
import {
  abandon,
  commit,
  demandNewest,
  finish,
  isConflict,
  type Place,
  type Ready,
  stands,
  written,
} from './parts.ts'

// Tables have a log each, and no commit spans two. Several become one publication like this:
//   1. data files are durable; an intent that says everything is put   nothing is seen
//   2. the first part is committed with key and attempt                from here on it is published
//   3. the other parts are committed                                   each whole, one after the other
//   4. the effect is recorded, the intent forgotten
// A crash before 2 leaves nothing; after 2, whoever opens the lake or asks for the effect does 3 and 4.
// After 2 no part may find that others were before it: what can, comes first or is looked at before 1.

export type Publication = {
  readonly request: WorkRequest
  readonly effect: Omit<Effect, 'key'>
  /** What this work made, the asset's own first; from here on it is for `publish` to keep or abandon. */
  readonly changes: readonly Ready[]
}

export async function publish(
  place: Place,
  { request, effect, changes }: Publication,
): Promise<{ readonly already: boolean }> {
  const before = request.keyed ? await lookUp(place, request.effect) : unknown
  if (before.effect) return withdrawn(changes)
  const ordered = inOrder(changes)
  const intent = intentOf(request, effect, ordered)
  // Nothing that a crash could leave half done: no commit, or one that nobody asks for.
  const alone = changes.length < (request.keyed ? 1 : 2)
  const [first, ...others] = ordered
  try {
    for (const ready of others) await demandNewest(place, ready)
    if (!alone) await put(place.lake.objects, intent)
  } catch (thrown) {
    await withdrawn(changes)
    throw thrown
  }
  if (first) {
    try {
      await commit(place, first, intent)
    } catch (thrown) {
      // Anything but a conflict leaves open whether it stands: files and intent stay for whoever looks.
      if (!isConflict(thrown)) throw thrown
      await withdrawn(changes)
      if (!alone) await forget(place.lake.objects, intent)
      if (request.keyed && (await effectOf(place, request.effect))) return { already: true }
      throw thrown
    }
  }
  for (const [i, ready] of others.entries()) {
    const part = intent.parts[i + 1] as Part
    // A state is what was asked for, whatever came to the table in between.
    const doing = part.kind === 'state' ? finish(place, part, intent) : commit(place, ready, intent)
    await doing.catch(async (thrown: unknown) => {
      // Another process may have found the intent, and been quicker.
      if (!(await stands(place, part, intent))) throw half(intent, part, thrown)
    })
  }
  await done(place, intent, alone)
  // This one stands under the key: those cannot any more.
  for (const attempt of before.unseen) await forget(place.lake.objects, attempt)
  return { already: false }
}

/** Several assets under one key, as they are: the first part decides. */
export async function publishTogether(
  place: Place,
  { assets, effect: key, signal, ...rest }: Together,
  changes: readonly Ready[],
): Promise<{ readonly already: boolean }> {
  const [asset = ''] = assets
  const counts = { in: 0, out: 0, refused: 0, deduplicated: 0 }
  const { run, atMs, record: kept } = rest
  const request = { asset, effect: key, keyed: true, signal: signal ?? new AbortController().signal }
  return publish(place, { request, effect: { asset, run, atMs, counts, record: kept }, changes })
}

export const attemptMax = 2 ** 48 - 1

function intentOf(request: WorkRequest, effect: Omit<Effect, 'key'>, changes: readonly Ready[]): Intent {
  const key = request.keyed ? request.effect : randomUUID()
  const attempt = randomInt(attemptMax)
  return {
    key,
    attempt,
    effect: request.keyed ? { key, ...effect } : undefined,
    parts: changes.map(ready => written(ready, { key, attempt })),
  }
}

/** What was committed under the key, as far as it was; what a crash left of it is done first. */
export async function effectOf(place: Place, key: string): Promise<Effect | undefined> {
  return (await lookUp(place, key)).effect
}

type Known = {
  readonly effect: Effect | undefined
  /** Attempts of which nothing was seen so far. */
  readonly unseen: readonly Intent[]
}
const unknown: Known = { effect: undefined, unseen: [] }

async function lookUp(place: Place, key: string): Promise<Known> {
  const { objects } = place.lake
  const found = await recorded(objects, key)
  if (found) return { effect: found, unseen: [] }
  const unseen: Intent[] = []
  for await (const { intent } of unfinished(objects, key)) {
    if (await settled(place, intent)) return { effect: intent.effect, unseen: [] }
    unseen.push(intent)
  }
  // Its own process may have finished it between the two looks.
  return { effect: await recorded(objects, key), unseen }
}

/** An intent that lies so long belongs to nobody any more. */
const forgottenAfterMs = 7 * 24 * 60 * 60 * 1000

/** Finish what crashes left; one that cannot be finished now is left for whoever needs it. */
export async function settleAll(place: Place): Promise<void> {
  const { objects, nowMs } = place.lake
  for await (const { intent, writtenAtMs } of unfinished(objects)) {
    const isSettled = await settled(place, intent).catch(() => false)
    if (!isSettled && nowMs() - writtenAtMs > forgottenAfterMs) await forget(objects, intent)
  }
}

/** false: it was never published. */
async function settled(place: Place, intent: Intent): Promise<boolean> {
  const [first, ...others] = intent.parts
  if (first && !(await stands(place, first, intent))) return false
  for (const part of others)
    await finish(place, part, intent).catch(thrown => {
      throw half(intent, part, thrown)
    })
  await done(place, intent, false)
  return true
}

async function done({ lake }: Place, intent: Intent, alone: boolean): Promise<void> {
  if (intent.effect) await record(lake.objects, intent.effect)
  if (!alone) await forget(lake.objects, intent)
}

async function withdrawn(changes: readonly Ready[]): Promise<{ readonly already: true }> {
  for (const ready of changes) await abandon(ready)
  return { already: true }
}

/** Appended rows stand beside whatever others did; what was decided by rows that stood is for the front. */
function inOrder(changes: readonly Ready[]): readonly Ready[] {
  const isBlind = (ready: Ready) => ready.kind === 'table' && ready.operation.blindAppend === true
  return [...changes.filter(ready => !isBlind(ready)), ...changes.filter(isBlind)]
}

/** One that is published is not published by half because of what others did to a second table. */
function half(intent: Intent, part: Part, thrown: unknown): unknown {
  if (!isConflict(thrown)) return thrown
  const table = part.kind === 'view' ? part.view.asset : part.asset
  return failure('SLUICE_LAKE_HALF', { key: intent.key, table }, { cause: thrown })
}
