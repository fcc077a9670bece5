export { openAnalyzer } from './analyze.ts'
export { type Database, type DatabaseConnection, type Fetched, openDatabase } from './database.ts'
export { type Engine, type EngineOptions, openEngine, withSession } from './engine.ts'
export { type Doing, duckdbFailure, isDuplicateKey, openFailure } from './failures.ts'
export { load } from './load/load.ts'
export type { Loading } from './load/stage.ts'
export { appendLongs, type AppendLongs, type LongRows, type Longs, readLongs } from './longs.ts'
export { readRows, type Row } from './read.ts'
export { type Cell, endStream, type Session } from './session.ts'
export type { Ask, Supplier } from './supply.ts'
export { unload } from './unload.ts'
export { rowValueOf, textOf } from './values.ts'
export { differ, instant, names, sameKey, telling } from './write/compare.ts'
export { changedPartitions, partitionsIn, printOf, printsByPartition } from './write/print.ts'
export {
  deduplicate,
  type Incoming,
  requireColumns,
  requireKey,
  reserve,
  stage,
  type Staged,
} from './write/stage.ts'
export { reshaped, type Meeting, widened } from './write/widen.ts'
