/** Check vocabulary → measures (SQL) and verdicts; contracts: what a change means, which rows are refused. */
export type { Subject } from './subject.ts'
export { type ArgSpec, type ArgType, type CheckSpec, isCheckName, vocabulary } from './vocabulary.ts'
