/**
 * Conformance suites for connectors (`sluice/testing`): the promises of `sluice/connect`, each as a test.
 * They know no test runner: they give a list of cases.
 * @example for (const { name, run } of targetSuites({ fresh })) test(name, run)
 */
export type { Case } from './case.ts'
export type { Load, Row } from './model.ts'
export { type SourceSubject, type SourceTrial, sourceSuites } from './source.ts'
export { type TargetSubject, type TargetTrial, targetSuites } from './target.ts'
export { follow } from './strategies.ts'
