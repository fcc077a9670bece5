import { failure } from '../../../errors/index.ts'
import { storedFields, type TableField } from '../../../tables/index.ts'
import type { Metadata } from '../actions.ts'
import type { Committed, DeltaLog, Operation, Transaction } from '../face.ts'
import type { Session } from '../../../engine/index.ts'
import { mappedByName, needsMapping, withSchema } from '../schema/mapping.ts'
import type { StructType } from '../schema/schema-string.ts'
import { declared } from '../schema/types.ts'
import { partitionTexts } from './partition.ts'

/** A table that does not exist yet. */
export type TableDeclaration = {
  /** Types as the engine spells them; what Delta lacks becomes the narrowest type that holds it. */
  readonly fields: readonly TableField[]
  readonly partitionColumns?: readonly string[] | undefined
  /** `delta.…` and others. */
  readonly properties?: { readonly [name: string]: string } | undefined
  readonly name?: string | undefined
  readonly comment?: string | undefined
}

/** What a new table has unless it says otherwise: deletes and updates mark rows and copy none. */
const propertiesDefault = { 'delta.enableDeletionVectors': 'true' }

/** An empty table, as version 0. */
export async function createTable(
  log: DeltaLog,
  { session, ...declaration }: TableDeclaration & { readonly session: Session },
): Promise<Committed> {
  const tx = await log.begin({ session })
  try {
    return await tx.commit(declareTable(tx, declaration))
  } catch (thrown) {
    await tx.abandon()
    throw thrown
  }
}

/** Makes the transaction one that creates the table, with rows or without. Gives what to commit it as. */
export function declareTable(tx: Transaction, declaration: TableDeclaration): Operation {
  if (tx.base !== undefined) throw failure('SLUICE_DELTA_EXISTS', { place: tx.log.place.store.describe })
  const { partitionColumns = [], properties = {}, comment } = declaration
  tx.change({ metadata: metadataOf(tx, declaration) })
  checkColumns(tx)
  return {
    name: 'CREATE TABLE',
    parameters: {
      partitionBy: JSON.stringify(partitionColumns),
      clusterBy: '[]',
      description: comment ?? null,
      isManaged: 'false',
      properties: JSON.stringify(properties),
    },
  }
}

function metadataOf(tx: Transaction, declaration: TableDeclaration): Metadata {
  const { fields, partitionColumns = [], properties = {}, name, comment } = declaration
  const schema = schemaOf(fields)
  const metadata: Metadata = {
    id: tx.metadata.id,
    ...(name === undefined ? {} : { name }),
    ...(comment === undefined ? {} : { description: comment }),
    format: { provider: 'parquet', options: {} },
    schemaString: tx.metadata.schemaString,
    partitionColumns,
    configuration: { ...propertiesDefault, ...properties },
    createdTime: Math.trunc(tx.log.place.nowMs()),
  }
  const mode = properties['delta.columnMapping.mode']
  // Spark writes no table with such names unless data files have others.
  const begins = mode === undefined && needsMapping(schema)
  return begins ? mappedByName(metadata, schema) : withSchema(metadata, schema)
}

function schemaOf(fields: readonly TableField[]): StructType {
  return {
    type: 'struct',
    fields: fields.map(({ name, type, nullable }) => ({
      name,
      type: declared(type, name),
      nullable,
      metadata: {},
    })),
  }
}

function checkColumns({ fields, partitionColumns }: Transaction): void {
  const names = new Set<string>()
  for (const { name } of fields) {
    if (names.has(name.toLowerCase())) throw failure('SLUICE_DELTA_COLUMN_TWICE', { column: name })
    names.add(name.toLowerCase())
  }
  partitionTexts(fields, partitionColumns)
  const inFiles = storedFields(fields).filter(({ name }) => !partitionColumns.includes(name))
  const [last] = partitionColumns
  if (inFiles.length === 0 && last !== undefined)
    throw failure('SLUICE_DELTA_PARTITION_VALUE', {
      column: last,
      words: 'no column would be left in the files',
    })
}
