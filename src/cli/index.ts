/** The command line: verbs as data, one file per verb, and the words people read. */
export { main } from './main.ts'
export { type ArgumentSpec, globalOptions, type OptionSpec, type VerbSpec, verbs } from './verbs.ts'
export type { Stream, World } from './world.ts'
