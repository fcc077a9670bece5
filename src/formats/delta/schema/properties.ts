import { failure } from '../../../errors/index.ts'
import type { Metadata } from '../actions.ts'
import { protocolFor } from '../commit/protocol.ts'
import type { Operation, Transaction } from '../face.ts'
import { constraintPrefix } from './checks.ts'
import { mappingOf } from './fields.ts'
import { mappedByName } from './mapping.ts'
import { readSchema } from './schema-string.ts'

export type Properties = { readonly [name: string]: string }

const mappingMode = 'delta.columnMapping.mode'
const featurePrefix = 'delta.feature.'

/** Spark's way to ask for a feature of the protocol; it is no property that stays. */
const isFeature = (name: string) => name.startsWith(featurePrefix)

/** Set properties of the table. One that needs a feature brings the protocol to it. */
export function setProperties(tx: Transaction, properties: Properties): Operation {
  for (const [name, value] of Object.entries(properties)) checkProperty(name, value)
  const standing = mappingOf(tx.metadata.configuration)
  const wanted = mappingOf({ ...tx.metadata.configuration, ...properties })
  const configuration = { ...tx.metadata.configuration, ...properties, [mappingMode]: standing }
  const metadata = remapped({ ...tx.metadata, configuration }, standing, wanted)
  const protocol = protocolFor(metadata, tx.base === undefined ? undefined : tx.protocol)
  tx.change({ metadata: without(metadata, isFeature), protocol })
  return { name: 'SET TBLPROPERTIES', parameters: { properties: JSON.stringify(properties) } }
}

export type UnsetOptions = { readonly missing: 'allowed' | 'refused' }

/** Take properties away. The features that they asked for stay. */
export function unsetProperties(
  tx: Transaction,
  names: readonly string[],
  { missing }: UnsetOptions,
): Operation {
  const unknown = names.find(name => tx.metadata.configuration[name] === undefined)
  if (unknown !== undefined && missing === 'refused')
    throw refused(`The table has no property \`${unknown}\`.`)
  const kept = names.find(name => name.startsWith('delta.columnMapping.'))
  if (kept !== undefined) throw refused(`\`${kept}\` cannot be unset: the files of the table need it.`)
  const constraint = names.find(name => name.toLowerCase().startsWith(constraintPrefix))
  if (constraint !== undefined)
    throw refused(`\`${constraint}\` is a constraint.`, 'Drop the constraint by its name.')
  tx.change({ metadata: without(tx.metadata, name => names.includes(name)) })
  const parameters = { properties: JSON.stringify(names), ifExists: missing === 'allowed' }
  return { name: 'UNSET TBLPROPERTIES', parameters }
}

function remapped(metadata: Metadata, standing: string, wanted: string): Metadata {
  if (wanted === standing) {
    const bare = standing === 'none' && metadata.configuration[mappingMode] === 'none'
    return bare ? without(metadata, name => name === mappingMode) : metadata
  }
  if (standing === 'none' && wanted === 'name')
    return mappedByName(metadata, readSchema(metadata.schemaString))
  throw refused(`Column mapping of a table cannot change from \`${standing}\` to \`${wanted}\`.`)
}

function without(metadata: Metadata, gone: (name: string) => boolean): Metadata {
  const kept = Object.entries(metadata.configuration).filter(([name]) => !gone(name))
  return { ...metadata, configuration: Object.fromEntries(kept) }
}

// Of DeltaConfig.scala in delta 4 those whose features writers know here, without "delta.". Another name is
// more likely mistyped than new.
const truths = `appendOnly autoOptimize autoOptimize.autoCompact autoOptimize.optimizeWrite
  checkpoint.writeStatsAsJson checkpoint.writeStatsAsStruct enableChangeDataFeed enableDeletionVectors
  enableExpiredLogCleanup enableFullRetentionRollback enableInCommitTimestamps enableRowTracking
  enableTypeWidening randomizeFilePrefixes`
const others = `checkpointInterval checkpointPolicy checkpointRetentionDuration columnMapping.mode
  dataSkippingNumIndexedCols dataSkippingStatsColumns deletedFileRetentionDuration isolationLevel
  logRetentionDuration parquet.compression.codec parquet.format.version randomPrefixLength
  sampleRetentionDuration setTransactionRetentionDuration targetFileSize tuneFileSizesForRewrites`
const named = (list: string) => list.split(/\s+/).map(name => `delta.${name}`)

function checkProperty(name: string, value: string): void {
  if (!name.toLowerCase().startsWith('delta.') || isFeature(name)) return
  if (name.toLowerCase().startsWith(constraintPrefix))
    throw refused(
      `\`${name}\` is a constraint, which rows are held against.`,
      'Add the constraint by its name.',
    )
  const isTruth = named(truths).includes(name)
  if (!isTruth && !named(others).includes(name))
    throw refused(`\`${name}\` is no property that can be set.`, 'Check its name, capitals included.')
  if (isTruth && !/^(?:true|false)$/i.test(value))
    throw refused(`\`${name}\` is \`true\` or \`false\`.`, 'Write one of the two.')
}

function refused(what: string, fix = 'Write the rows anew as another table, with the property.'): Error {
  return failure('SLUICE_DELTA_ALTER_REFUSED', { what, why: 'Nothing was changed.', fix })
}
