import { failure } from '../../../errors/index.ts'
import type { CommitInfo, DomainMetadata, Metadata, Protocol, SetTransaction } from '../actions.ts'

// Lines of a commit. Actions on files stay text: there may be millions, and the engine reads them. The others
// are few.

/** What a commit, a compaction or a checkpoint in JSON says besides files. */
export type Said = {
  readonly protocol?: Protocol
  readonly metadata?: Metadata
  readonly txns: readonly SetTransaction[]
  readonly domains: readonly DomainMetadata[]
  readonly commitInfo?: Partial<CommitInfo>
  /** Names of files in the folder of sidecars ("Sidecar File Information"). */
  readonly sidecars: readonly string[]
}

export type Lines = Said & {
  /** The lines that add or remove files. */
  readonly files: readonly string[]
}

/** `file` is for words only. */
export function readLines(text: string, file: string): Lines {
  const files: string[] = []
  const others: Value[] = []
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    const line = text.slice(start, end).trim()
    start = end + 1
    // Most lines: not parsed here.
    if (/^\{"(?:add|remove)":/.test(line)) files.push(line)
    else if (line !== '' && !line.startsWith('{"cdc":')) {
      const value = parsed(line, file)
      if ('add' in value || 'remove' in value) files.push(line)
      else others.push(value)
    }
  }
  return { ...saidOf(others, file), files }
}

type Value = { readonly [key: string]: unknown }

/** Actions, already parsed, in order; of two of a kind the later one counts. */
export function saidOf(actions: readonly Value[], file: string): Said {
  const all = (key: string): readonly Value[] =>
    actions.flatMap(action => {
      const value = action[key]
      if (value === undefined || value === null) return []
      return isRecord(value) ? [value] : [refuse(file, `its \`${key}\` is no object`)]
    })
  const [protocol, metadata] = [all('protocol').at(-1), all('metaData').at(-1)]
  const commitInfo = all('commitInfo').at(-1)
  return {
    ...(protocol && { protocol: protocolOf(protocol, file) }),
    ...(metadata && { metadata: metadataOf(metadata, file) }),
    ...(commitInfo && { commitInfo: commitInfo as Partial<CommitInfo> }),
    txns: all('txn').map(txn => txnOf(txn, file)),
    domains: all('domainMetadata').map(domain => domainOf(domain, file)),
    sidecars: all('sidecar').map(({ path }) =>
      typeof path === 'string' ? path : refuse(file, 'a sidecar has no path'),
    ),
  }
}

export function parsed(text: string, file: string): Value {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    throw failure('SLUICE_DELTA_LOG_BROKEN', { file, words: 'a line is no JSON' }, { cause: thrown })
  }
  return isRecord(value) ? value : refuse(file, 'a line is no object')
}

function protocolOf(value: Value, file: string): Protocol {
  const { minReaderVersion, minWriterVersion, readerFeatures, writerFeatures } = value
  if (!Number.isSafeInteger(minReaderVersion) || !Number.isSafeInteger(minWriterVersion))
    refuse(file, 'its protocol has no versions')
  for (const features of [readerFeatures, writerFeatures])
    if (!isAbsent(features) && !isTexts(features)) refuse(file, 'the features of its protocol are no names')
  return withoutNulls(value) as Protocol
}

function metadataOf(value: Value, file: string): Metadata {
  const { schemaString, partitionColumns, configuration } = value
  // A table without columns may leave it out.
  if (!isAbsent(schemaString) && typeof schemaString !== 'string')
    refuse(file, 'the schema of its metadata is no text')
  if (!isAbsent(partitionColumns) && !isTexts(partitionColumns))
    refuse(file, 'the partition columns of its metadata are no names')
  if (!isAbsent(configuration) && !isRecord(configuration))
    refuse(file, 'the configuration of its metadata is no object')
  return {
    format: { provider: 'parquet', options: {} },
    id: '',
    ...(withoutNulls(value) as Partial<Metadata>),
    schemaString: schemaString ?? '{"type":"struct","fields":[]}',
    partitionColumns: partitionColumns ?? [],
    configuration: (configuration ?? {}) as Metadata['configuration'],
  } as Metadata
}

function txnOf(value: Value, file: string): SetTransaction {
  if (typeof value['appId'] !== 'string' || !Number.isSafeInteger(value['version']))
    refuse(file, 'a transaction identifier has no application or no version')
  return withoutNulls(value) as SetTransaction
}

function domainOf(value: Value, file: string): DomainMetadata {
  if (typeof value['domain'] !== 'string') refuse(file, 'a domain has no name')
  return {
    domain: value['domain'],
    configuration: typeof value['configuration'] === 'string' ? value['configuration'] : '',
    removed: value['removed'] === true,
  }
}

/** Checkpoints have a column for every field: what a writer left out is NULL there. */
function withoutNulls(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null))
}

function isRecord(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(text => typeof text === 'string')
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

function refuse(file: string, words: string): never {
  throw failure('SLUICE_DELTA_LOG_BROKEN', { file, words })
}
