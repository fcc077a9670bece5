/**
 * Manifest, history and request in; what would run and why out. Everything here is a function of its
 * arguments.
 */
export { type Graph, graphOf, upstreamOf } from './graph.ts'
export { type DueRange, type DueRequest, type PartitionsDue, partitionsDue } from './partitions.ts'
export { plan } from './plan.ts'
export { durationWords } from './reason.ts'
export { type Recorded, recordOf } from './record.ts'
export { type Selection, select } from './select.ts'
export { isPartitioned, whereOf } from './where.ts'
