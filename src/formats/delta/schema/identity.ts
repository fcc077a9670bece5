import type { Session } from '../../../engine/index.ts'
import { failure } from '../../../errors/index.ts'
import { quoteName, quoteText } from '../../../sql/index.ts'
import { longOf, metadataLong, type StructField, type StructType } from './schema-string.ts'

// "Identity Columns": numbers come from a sequence of the session while rows are written, on as many threads
// as the engine likes; the highest one that was handed out goes into the schema of the same commit. Two
// writers at once both change the metadata, so the second one begins anew with other numbers.

export type Identity = {
  readonly start: bigint
  readonly step: bigint
  readonly highWaterMark: bigint | undefined
  readonly allowExplicitInsert: boolean
}

const key = 'delta.identity.highWaterMark'
const longMax = 2n ** 63n - 1n
const longMin = -(2n ** 63n)

/** undefined: the column is none. */
export function identityOf({ metadata }: StructField): Identity | undefined {
  const start = longOf(metadata['delta.identity.start'])
  const step = longOf(metadata['delta.identity.step'])
  if (start === undefined || step === undefined || step === 0n) return undefined
  return {
    start,
    step,
    highWaterMark: longOf(metadata[key]),
    allowExplicitInsert: metadata['delta.identity.allowExplicitInsert'] === true,
  }
}

/** The next number beyond the mark that is `start + k * step`; undefined: a long holds no more. */
function nextNumber({ start, step, highWaterMark }: Identity): bigint | undefined {
  if (highWaterMark === undefined) return start
  const steps = (highWaterMark - start) / step
  const before = step > 0n ? highWaterMark < start : highWaterMark > start
  const next = before ? start : start + (steps + 1n) * step
  return next > longMax || next < longMin ? undefined : next
}

/** A sequence of the session that hands out the column's next numbers; gives SQL of one. */
export async function openNumbers(session: Session, sequence: string, field: StructField): Promise<string> {
  const identity = identityOf(field)
  const next = identity && nextNumber(identity)
  if (identity === undefined || next === undefined)
    throw failure('SLUICE_DELTA_IDENTITY_FULL', { column: field.name })
  await session.run(`create or replace temp sequence ${quoteName(sequence)} start with ${next}
    increment by ${identity.step} minvalue ${longMin} maxvalue ${longMax} no cycle`)
  return `nextval(${quoteText(`temp.main.${quoteName(sequence)}`)})`
}

/** The last number that was handed out; undefined: none was. The sequence is gone. */
export async function closeNumbers(session: Session, sequence: string): Promise<bigint | undefined> {
  const [last] = await session.row(`select last_value from duckdb_sequences()
    where temporary and sequence_name = ${quoteText(sequence)}`)
  await session.run(`drop sequence if exists temp.main.${quoteName(sequence)}`)
  return last === null || last === undefined ? undefined : BigInt(last)
}

/** The schema with new high-water marks, by column. */
export function marked(schema: StructType, marks: ReadonlyMap<string, bigint>): StructType {
  const fields = schema.fields.map(field => {
    const mark = marks.get(field.name)
    if (mark === undefined) return field
    return { ...field, metadata: { ...field.metadata, [key]: metadataLong(mark) } }
  })
  return { ...schema, fields }
}
