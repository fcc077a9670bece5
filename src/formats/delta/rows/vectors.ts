import { readLongs } from '../../../engine/index.ts'
import { quoteText } from '../../../sql/index.ts'
import type { AddFile, DeletionVector } from '../actions.ts'
import type { Transaction } from '../face.ts'
import { encodeVector, inlineVector, storedVector, vectorFile } from '../vectors/vector.ts'
import { type Touched, withVector } from './touched.ts'

/** Vectors of one change that have no more bytes than this stand in the log itself: nothing to fetch. */
const inlineBytesMax = 2 ** 10

/**
 * The files with their rows in the relation `gone` deleted too. Vectors that are not tiny lie in one file
 * together.
 */
export async function deleteByVectors(
  tx: Transaction,
  touched: readonly Touched[],
  gone: string,
): Promise<readonly AddFile[]> {
  if (touched.length === 0) return []
  const datas: Uint8Array[] = []
  for await (const positions of deletedPositions(tx, touched, gone)) datas.push(encodeVector(positions))
  const vectors = await storeVectors(tx, datas, touched.map(cardinalityOf))
  return touched.map((file, at) => withVector(file, vectors[at] as DeletionVector))
}

async function storeVectors(
  tx: Transaction,
  datas: readonly Uint8Array[],
  cardinalities: readonly number[],
): Promise<readonly DeletionVector[]> {
  const size = datas.reduce((sum, data) => sum + data.length, 0)
  if (size <= inlineBytesMax) return datas.map((data, at) => inlineVector(data, cardinalities[at] ?? 0))
  const key = tx.newFile({ partition: '', extension: 'bin' })
  const uuid = Buffer.from(key.replace(/^deletion_vector_|\.bin$|-/g, ''), 'hex')
  const { bytes, offsets } = vectorFile(datas)
  await tx.log.place.store.put(key, bytes)
  return datas.map((data, at) =>
    storedVector(uuid, { offset: offsets[at] ?? 0, data, cardinality: cardinalities[at] ?? 0 }),
  )
}

/** File by file, ascending: positions that go now and those that were gone before. */
async function* deletedPositions(
  tx: Transaction,
  touched: readonly Touched[],
  gone: string,
): AsyncGenerator<BigInt64Array> {
  let at = 0
  let positions = new BigInt64Array(cardinalityOf(touched[0]))
  let filled = 0
  for await (const block of readLongs(tx.session, await positionsSql(tx, touched, gone))) {
    for (let read = 0; read < block.length; ) {
      const part = block.subarray(read, read + positions.length - filled)
      positions.set(part, filled)
      read += part.length
      filled += part.length
      if (filled < positions.length) continue
      yield positions
      at++
      if (at === touched.length) return
      positions = new BigInt64Array(cardinalityOf(touched[at]))
      filled = 0
    }
  }
}

function cardinalityOf(file: Touched | undefined): number {
  return file === undefined ? 0 : file.deletedBefore + file.deletedNow
}

async function positionsSql(tx: Transaction, touched: readonly Touched[], gone: string): Promise<string> {
  const { deletions } = tx.log.ground
  const before = touched.flatMap(({ file: { path, deletionVector } }, number) =>
    deletionVector === undefined ? [] : [{ vector: deletionVector, file: path, number }],
  )
  const vectors = await deletions.numbersOf(before)
  const paths = touched.map(({ file: { path } }) => quoteText(path))
  const old = `select r.number, d.pos from ${deletions.relation} d
    join (select unnest([${vectors.join()}]::bigint[]) as vector,
      unnest([${before.map(({ number }) => number).join()}]::bigint[]) as number) r using (vector)`
  return `select pos from (
    select r.number, g._pos as pos from ${gone} g
    join (select unnest([${paths.join()}]) as path, unnest(range(${paths.length})) as number) r
      on r.path = g._file
    ${before.length === 0 ? '' : `union all ${old}`}
  ) order by number, pos`
}
