/** One class, made from a catalogue of data; and how it is told to people. */
export { type Code, type Params, catalogue } from './catalogue.ts'
export { type Entry, or } from './entry.ts'
export { type Explained, explain, isCode } from './explain.ts'
export { asFailure, Failure, Failures, type FailureOptions, failure, type Note } from './failure.ts'
export { near } from './near.ts'
export { type Palette, render, type RenderOptions } from './render.ts'
