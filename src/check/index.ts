/** Check vocabulary → measures (SQL) and verdicts; contracts: what a change means, which rows are refused. */
export { checkId, distinctIds, promiseOf } from './promise.ts'
export { type CheckWish, checkOf, type ReadCheck, readCheck } from './read.ts'
export type { Subject } from './subject.ts'
export { type ArgSpec, type ArgType, type CheckSpec, isCheckName, vocabulary } from './vocabulary.ts'
