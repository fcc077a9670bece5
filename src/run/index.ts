/** Plan → events: the executor, and what a step does. */
export { systemClock } from './clock.ts'
export { execute } from './execute.ts'
export type * from './ports.ts'
export { type EffectRecord, type JointRecord, keptIn, type StepTools } from './steps/tools.ts'
export { stepWork } from './steps/work.ts'
