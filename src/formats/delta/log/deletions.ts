import { readFile } from 'node:fs/promises'
import { appendLongs, type Session } from '../../../engine/index.ts'
import type { Deletions, DeltaPlace, FileVector } from '../face.ts'
import { checkedPart, placeOfVector, positionsOf, vectorIdOf } from '../vectors/vector.ts'
import { placeOfPath } from './paths.ts'
import { newNumber } from './state.ts'

export type DeletionsOf = {
  readonly place: DeltaPlace
  readonly locate: (path: string) => Promise<string>
}

/** Vectors that are read at a time. */
const readsMax = 16

/**
 * The session is for this alone: rows are appended to it beside its statements. Positions lie in the order
 * of their vectors, so that those of a few are found without a look at the others.
 */
export async function openDeletions(session: Session, of: DeletionsOf): Promise<Deletions> {
  const table = `deletions_${await newNumber(session)}`
  const relation = `memory._delta.${table}`
  await session.run(`create table ${relation} (vector BIGINT, pos BIGINT)`)
  const numbers = new Map<string, number>()
  let next = 0
  let before: Promise<unknown> = Promise.resolve()
  const readAll = async (wanted: readonly FileVector[]): Promise<void> => {
    const absent = [
      ...new Map(
        wanted.flatMap(of => {
          const id = vectorIdOf(of.vector)
          return numbers.has(id) ? [] : [[id, of] as const]
        }),
      ),
    ]
    for (let at = 0; at < absent.length; at += readsMax) {
      const some = absent.slice(at, at + readsMax)
      const datas = await Promise.all(some.map(([, vector]) => dataOf(of, vector)))
      for (const [i, [id, { vector, file }]] of some.entries()) {
        const number = next++
        const blocks = positionsOf(datas[i] ?? new Uint8Array(), vector, file)
        await appendLongs(session, { catalog: 'memory', schema: '_delta', table }, numbered(blocks, number))
        numbers.set(id, number)
      }
    }
  }
  return {
    relation,
    numbersOf: async vectors => {
      // One at a time: nobody reads what another is reading already.
      const now = before.then(() => readAll(vectors))
      before = now.catch(() => undefined)
      await now
      return vectors.map(({ vector }) => numbers.get(vectorIdOf(vector)) ?? -1)
    },
  }
}

function* numbered(
  blocks: Iterable<BigInt64Array>,
  number: number,
): Generator<{ readonly rows: number; readonly columns: readonly [bigint, BigInt64Array] }> {
  for (const block of blocks) yield { rows: block.length, columns: [BigInt(number), block] }
}

async function dataOf({ place, locate }: DeletionsOf, { vector, file }: FileVector): Promise<Uint8Array> {
  const at = placeOfVector(vector, file)
  if ('bytes' in at) return at.bytes
  const { path, start, end } = at
  const { store } = place
  const found = placeOfPath(path, store.pathOf?.('') ?? store.describe)
  const part =
    'key' in found && store.pathOf === undefined
      ? (await store.get(found.key, { range: { start, end } })).bytes
      : (await readFile(await locate(path))).subarray(start, end)
  return checkedPart(part, vector, file)
}
