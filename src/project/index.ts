/** The files of a project, found, loaded and read: declarations, check files, fixtures, and the code that stays behind them. */
export type { CodeLoader, ConfigRead, Environment, Fixture, ProjectRead, ReadOptions } from './types.ts'
export { findRoot } from './find.ts'
export { readProject } from './read.ts'
