/**
 * The memory: state tables and the event of every transition in one transaction; and the spool of killed
 * reads.
 */
export type * from './face.ts'
export { idsFrom } from './ids.ts'
export { openLedger } from './open.ts'
export { openSpool } from './spool.ts'
