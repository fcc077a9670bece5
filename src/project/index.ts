/**
 * The files of a project, found, loaded and read: declarations, check files, fixtures, and the code that
 * stays behind them.
 */
export { findRoot } from './find.ts'
export { type MadeOf, projectFrom } from './from.ts'
export { hash } from './hash.ts'
export { readProject } from './read.ts'
export type { ConfigRead, Fixture, ProjectRead } from './types.ts'
