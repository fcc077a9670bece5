import { failure } from '../../../errors/index.ts'
import type { Metadata, Protocol } from '../actions.ts'
import { checkReadable } from '../log/features.ts'
import { type DataType, readSchema } from '../schema/schema-string.ts'

// "Table Features" for a writer: which ones it keeps, and which ones a table's metadata asks for.

type Feature = {
  readonly name: string
  /** Readers must know it too. */
  readonly reader?: true
  /** Writer versions before table features came, from which on it is supported without being named. */
  readonly since?: number
  /** The table's metadata makes use of it. */
  readonly asked?: (table: Asking) => boolean
}

type Asking = {
  readonly property: (name: string) => string | undefined
  readonly names: readonly string[]
  /** Some column's metadata has one of these keys. */
  readonly hasKey: (key: string) => boolean
  readonly hasType: (type: string) => boolean
}

const isTrue =
  (name: string) =>
  ({ property }: Asking): boolean =>
    property(name)?.toLowerCase() === 'true'

/** In the order of the protocol's own list. What is not here is refused by its name. */
const features: readonly Feature[] = [
  { name: 'appendOnly', since: 2, asked: isTrue('delta.appendOnly') },
  { name: 'invariants', since: 2, asked: ({ hasKey }) => hasKey('delta.invariants') },
  {
    name: 'checkConstraints',
    since: 3,
    asked: ({ names }) => names.some(name => name.startsWith('delta.constraints.')),
  },
  { name: 'generatedColumns', since: 4, asked: ({ hasKey }) => hasKey('delta.generationExpression') },
  { name: 'allowColumnDefaults', asked: ({ hasKey }) => hasKey('CURRENT_DEFAULT') },
  { name: 'changeDataFeed', since: 4, asked: isTrue('delta.enableChangeDataFeed') },
  {
    name: 'columnMapping',
    reader: true,
    since: 5,
    asked: ({ property }) => (property('delta.columnMapping.mode') ?? 'none') !== 'none',
  },
  { name: 'identityColumns', since: 6, asked: ({ hasKey }) => hasKey('delta.identity.start') },
  { name: 'deletionVectors', reader: true, asked: isTrue('delta.enableDeletionVectors') },
  { name: 'rowTracking', asked: isTrue('delta.enableRowTracking') },
  { name: 'timestampNtz', reader: true, asked: ({ hasType }) => hasType('timestamp_ntz') },
  // "Row Tracking" keeps its high-water mark in a domain; so does clustering its columns.
  { name: 'domainMetadata', asked: isTrue('delta.enableRowTracking') },
  {
    name: 'v2Checkpoint',
    reader: true,
    asked: ({ property }) => property('delta.checkpointPolicy')?.toLowerCase() === 'v2',
  },
  { name: 'clustering' },
  { name: 'vacuumProtocolCheck', reader: true },
  { name: 'inCommitTimestamp', asked: isTrue('delta.enableInCommitTimestamps') },
  { name: 'typeWidening', reader: true, asked: isTrue('delta.enableTypeWidening') },
  { name: 'typeWidening-preview', reader: true },
  // Old checkpoints must stay readable: nothing of the log is cleaned up where it is supported.
  { name: 'checkpointProtection' },
]

/** The version with which the names of features came. */
const featuresWriterVersion = 7
const featuresReaderVersion = 3

/** Refuse a table that a writer with more knowledge than this one may write only. */
export function checkWritable(protocol: Protocol): void {
  checkReadable(protocol)
  const { minWriterVersion, writerFeatures = [] } = protocol
  if (minWriterVersion < 1 || minWriterVersion > featuresWriterVersion)
    throw unsupported(`writer version ${minWriterVersion}`)
  if (minWriterVersion < featuresWriterVersion) return
  const unknown = writerFeatures.find(name => !features.some(feature => feature.name === name))
  if (unknown !== undefined) throw unsupported(unknown)
}

/** Whether writers must keep to it in this table. */
export function supports({ minWriterVersion, writerFeatures = [] }: Protocol, name: string): boolean {
  if (minWriterVersion === featuresWriterVersion) return writerFeatures.includes(name)
  const since = features.find(feature => feature.name === name)?.since
  return since !== undefined && minWriterVersion >= since
}

/**
 * The protocol that the metadata needs: the one that stands, or more. Features that are not in use any more
 * stay ("Supported Features").
 */
export function protocolFor(metadata: Metadata, stands: Protocol | undefined): Protocol {
  checkRequested(metadata)
  const asking = askingOf(metadata)
  const asked = features.filter(feature => feature.asked?.(asking) || isRequested(feature, metadata))
  if (stands && asked.every(({ name, reader }) => supports(stands, name) && (!reader || reads(stands, name))))
    return stands
  const before = stands ? features.filter(({ name }) => supports(stands, name)) : []
  const named = [...before, ...asked.filter(feature => !before.includes(feature))]
  return protocolOf(named, stands)
}

/** The protocol with one feature more, where it is not supported yet. */
export function withFeature(stands: Protocol, name: string): Protocol {
  if (supports(stands, name)) return stands
  const before = features.filter(feature => supports(stands, feature.name))
  return protocolOf([...before, ...features.filter(feature => feature.name === name)], stands)
}

function protocolOf(named: readonly Feature[], stands: Protocol | undefined): Protocol {
  // A new table that asks for nothing: what every client of the last years writes.
  const plain = { minReaderVersion: 1, minWriterVersion: 2 }
  const isPlain = named.every(({ since = featuresWriterVersion }) => since <= plain.minWriterVersion)
  if (isPlain && (stands?.minWriterVersion ?? 0) < plain.minWriterVersion) return plain
  const readers = named.filter(({ reader }) => reader)
  const all = new Set([...(stands?.writerFeatures ?? []), ...named.map(({ name }) => name)])
  const ofReaders = new Set([...(stands?.readerFeatures ?? []), ...readers.map(({ name }) => name)])
  if (ofReaders.size === 0)
    return {
      minReaderVersion: stands?.minReaderVersion ?? 1,
      minWriterVersion: featuresWriterVersion,
      writerFeatures: [...all],
    }
  return {
    minReaderVersion: featuresReaderVersion,
    minWriterVersion: featuresWriterVersion,
    readerFeatures: [...ofReaders],
    writerFeatures: [...all],
  }
}

/** Spark's own way to ask for a feature: the property `delta.feature.<name>` = `supported`. */
const requestPrefix = 'delta.feature.'

function isRequested({ name }: Feature, { configuration }: Metadata): boolean {
  return configuration[`${requestPrefix}${name}`] !== undefined
}

function checkRequested({ configuration }: Metadata): void {
  const names = Object.keys(configuration).filter(name => name.startsWith(requestPrefix))
  const unknown = names.find(name => !features.some(feature => name === `${requestPrefix}${feature.name}`))
  if (unknown !== undefined) throw unsupported(unknown.slice(requestPrefix.length))
}

function reads({ minReaderVersion, readerFeatures = [] }: Protocol, name: string): boolean {
  // Reader version 2 is column mapping; what else readers must know has a name.
  if (minReaderVersion < featuresReaderVersion) return minReaderVersion === 2 && name === 'columnMapping'
  return readerFeatures.includes(name)
}

function askingOf({ configuration, schemaString }: Metadata): Asking {
  const [keys, types] = [new Set<string>(), new Set<string>()]
  const walk = (type: DataType): void => {
    if (typeof type === 'string') types.add(type)
    else if (type.type === 'array') walk(type.elementType)
    else if (type.type === 'map') [type.keyType, type.valueType].forEach(walk)
    else
      for (const field of type.fields) {
        for (const key of Object.keys(field.metadata)) keys.add(key)
        walk(field.type)
      }
  }
  walk(readSchema(schemaString))
  return {
    property: name => configuration[name],
    names: Object.keys(configuration),
    hasKey: key => keys.has(key),
    hasType: type => types.has(type),
  }
}

function unsupported(feature: string): Error {
  return failure('SLUICE_DELTA_FEATURE_UNSUPPORTED', { feature, side: 'write' })
}
