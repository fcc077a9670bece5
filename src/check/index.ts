/** The check vocabulary, its measures (SQL) and verdicts; contracts: what a change means, who is refused. */
export { audit, type MeasureAnswer, type Measures, measure, verdicts } from './measure.ts'
export { checkId, distinctIds, promiseOf } from './promise.ts'
export { type CheckWish, checkOf, type ReadCheck, readCheck } from './read.ts'
export { fitOf } from './fit.ts'
export { samples } from './samples.ts'
export type { Subject } from './subject.ts'
export { type ArgSpec, type ArgType, type CheckSpec, isCheckName, vocabulary } from './vocabulary.ts'
export {
  defaultPolicy,
  type LoadedRows,
  reconcile,
  type Reconciled,
  type ReconcileRequest,
} from './contract.ts'
