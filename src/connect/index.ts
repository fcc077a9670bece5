/**
 * What a connector promises, as types. Connectors, built-in or a stranger's, import this face
 * (`sluice/connect`).
 */
export type * from './about.ts'
export type * from './analyzer.ts'
export type * from './batch.ts'
export type * from './environments.ts'
export type * from './http.ts'
export { rowsToNdjson } from './ndjson.ts'
export { quarantineOf } from './quarantine.ts'
export type * from './secret.ts'
export type * from './source.ts'
export type * from './target.ts'
export type * from './values.ts'
export type * from './versions.ts'
