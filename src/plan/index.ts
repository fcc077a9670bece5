/** Manifest, history and request in; what would run and why out. Everything here is a function of its arguments. */
export { plan } from './plan.ts'
export { upstreamOf } from './graph.ts'
export { partitionsDue, type PartitionsDue } from './partitions.ts'
export { select, type Selection } from './select.ts'
export { isPartitioned, whereOf } from './where.ts'
