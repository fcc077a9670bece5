import type { History, Manifest, Plan, Request } from '../model/index.ts'

/**
 * What would run, why, in which order and over which partitions; and what would not, and why not. Same manifest, history
 * and request: same plan, byte for byte.
 */
export declare function plan(manifest: Manifest, history: History, request: Request): Plan
