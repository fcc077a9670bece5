import type { Credentials } from './credentials/credentials.ts'

/** What is known of an object without reading it. */
export type ObjectMeta = {
  readonly key: string
  readonly sizeBytes: number
  /** By the clock of the store. */
  readonly modifiedMs: number
  /** Changes whenever the object does. Compared, never parsed. */
  readonly etag: string
}

/** [start, end) */
export type ByteRange = { readonly start: number; readonly end: number }

export type GetOptions = { readonly range?: ByteRange; readonly ifMatch?: string }
export type Got = { readonly bytes: Uint8Array; readonly meta: ObjectMeta }

/** What somebody needs to read objects by himself, who speaks S3 too. */
export type Direct = {
  /** `s3://bucket/prefix/key` */
  url(key: string): string
  site(): DirectSite
  /** Good now; undefined: requests are not signed. `refused`: others than these, if there are any. */
  credentials(refused?: Credentials): Promise<Credentials | undefined>
}

export type DirectSite = {
  readonly region: string
  /** undefined: AWS. */
  readonly endpoint: URL | undefined
  readonly addressing: 'path' | 'virtual'
}

/** What a store answers at once: every write is seen whole or not at all. */
export interface Requests {
  /** For people: `s3://shop/lake`, `/data/lake`. No secrets. */
  readonly describe: string
  /** No two stores that hold different objects have the same: cached files are known by it. */
  readonly identity: string
  readonly can: { readonly putIfAbsent: boolean; readonly putIfMatch: boolean }
  /**
   * SLUICE_OBJECT_NOT_FOUND when it is not there, SLUICE_OBJECT_CHANGED when it is not the one of `ifMatch`.
   * A range that ends behind the object is cut at its end; one that begins there is a failure.
   */
  get(key: string, options?: GetOptions): Promise<Got>
  /** undefined: it is not there. */
  head(key: string): Promise<ObjectMeta | undefined>
  put(key: string, body: Uint8Array): Promise<ObjectMeta>
  /**
   * One of many racers is told `created`. An answer that was lost is settled by comparing what stands with
   * the bytes that were sent: make them unlike those of every other writer. What cannot be settled is
   * SLUICE_OBJECT_OUTCOME_UNKNOWN.
   */
  putIfAbsent(key: string, body: Uint8Array): Promise<'created' | 'exists'>
  /** undefined: the object is not the one with that etag any more. */
  putIfMatch(key: string, body: Uint8Array, etag: string): Promise<ObjectMeta | undefined>
  /** Keys that begin with the prefix, in the order of their UTF-8 bytes, those after `startAfter` only. */
  list(prefix: string, options?: { readonly startAfter?: string }): AsyncIterable<ObjectMeta>
  /** Keys that are not there are no failure. */
  delete(keys: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Objects by key, behind one face. Keys are checked (`key.ts`); nothing below another key is reached. */
export interface ObjectStore extends Requests {
  /** Set where objects are files of this machine: the absolute path of a key, '' for the root. */
  readonly pathOf?: (key: string) => string
  /** Set where objects are reached by the protocol of S3, and nothing in between may be passed by. */
  readonly direct?: Direct
  /** Several ranges of one object, in order; near ones are fetched together. */
  ranges(
    key: string,
    ranges: readonly ByteRange[],
    options?: { readonly ifMatch?: string },
  ): Promise<readonly Uint8Array[]>
  /** A file of this machine becomes the object, in parts where it is large. The file stays. */
  upload(key: string, path: string): Promise<ObjectMeta>
  /** An object becomes a file of this machine, whole or not at all. */
  download(key: string, path: string): Promise<ObjectMeta>
}
