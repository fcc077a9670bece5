import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { UnloadFile } from '../connect/index.ts'
import { Failure, failure } from '../errors/index.ts'
import type { Json } from '../model/index.ts'
import { quoteText } from '../sql/index.ts'
import type { Session } from './session.ts'

/** Write the query's rows to one new file; returns how many. A half-written file is taken away again. */
export async function unload(session: Session, sql: string, file: UnloadFile): Promise<number> {
  if (existsSync(file.path)) throw failure('SLUICE_UNLOAD_EXISTS', { path: file.path })
  const options = [...formatOf(file.format), ...optionsOf(file)]
  try {
    return await session.run(`copy (${sql}\n) to ${quoteText(file.path)} (${options.join(', ')})`)
  } catch (thrown) {
    const denied = deniedBy(thrown)
    if (denied)
      throw failure('SLUICE_TARGET_UNWRITABLE', { path: file.path, words: denied }, { cause: thrown })
    await rm(file.path, { force: true })
    throw thrown
  }
}

/** What the system says when it does not let the file be made; undefined: something else went wrong. */
function deniedBy(thrown: unknown): string | undefined {
  if (!(thrown instanceof Failure) || thrown.code !== 'SLUICE_TARGET_QUERY') return undefined
  return /Cannot open file "[^"]*": (Read-only file system|Permission denied)/.exec(thrown.why ?? '')?.[1]
}

function formatOf(format: UnloadFile['format']): readonly string[] {
  switch (format) {
    case 'csv':
      return ['format csv', 'header true']
    case 'json':
      return ['format json', 'array true']
    case 'ndjson':
      return ['format json']
    case 'parquet':
      return ['format parquet']
  }
}

/** Options that the formats have in common with every engine; anything else is not ours to pass on. */
function optionsOf({ format, options }: UnloadFile): readonly string[] {
  const given = (options ?? {}) as { readonly [name: string]: Json }
  const text = (name: string) => (typeof given[name] === 'string' ? String(given[name]) : undefined)
  const [delimiter, nullText] = [text('delimiter'), text('nullText')]
  const compression = text('compression') ?? (format === 'parquet' ? 'zstd' : undefined)
  const csv = format === 'csv'
  return [
    ...(csv && delimiter !== undefined ? [`delimiter ${quoteText(delimiter)}`] : []),
    ...(csv && nullText !== undefined ? [`nullstr ${quoteText(nullText)}`] : []),
    ...(csv && given['header'] === false ? ['header false'] : []),
    ...(compression !== undefined ? [`compression ${quoteText(compression)}`] : []),
  ]
}
