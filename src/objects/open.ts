import { fileURLToPath } from 'node:url'
import { failure } from '../errors/index.ts'
import type { S3Options } from './s3/options.ts'
import type { ObjectStore } from './store.ts'

/** What a store may know of its surroundings. */
export type Surroundings = {
  /** Ends every request and wait. */
  readonly signal?: AbortSignal
  /** Environment variables. */
  readonly env: { readonly [name: string]: string | undefined }
  /** Where `.aws` lies; `HOME` of the environment unless said. */
  readonly homeDir?: string
}

export type OpenObjects = Partial<Surroundings> & {
  /** Credentials come from the process's environment unless `env` says otherwise. */
  readonly s3?: S3Options
}

/** The store at an address: a path, `file://…`, `s3://bucket/prefix` or `memory:`. */
export async function openObjects(url: string, options: OpenObjects = {}): Promise<ObjectStore> {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme === undefined || scheme === 'file') {
    const { localStore } = await import('./local/store.ts')
    return localStore(pathOf(url))
  }
  if (scheme === 'memory') return (await import('./memory.ts')).memoryStore()
  if (scheme === 's3' || scheme === 's3a' || scheme === 's3n') {
    const { s3Store } = await import('./s3/store.ts')
    return s3Store(url, { env: process.env, ...options })
  }
  throw failure('SLUICE_OBJECT_STORE_URL', { words: `nothing here knows \`${scheme}:\`` })
}

function pathOf(url: string): string {
  if (url === '') throw failure('SLUICE_OBJECT_STORE_URL', { words: 'it is empty' })
  if (!/^file:/i.test(url)) return url
  if (!/^file:\/\/(localhost)?\//i.test(url))
    throw failure('SLUICE_OBJECT_STORE_URL', { words: 'write `file:///` and the path' })
  return fileURLToPath(url)
}
