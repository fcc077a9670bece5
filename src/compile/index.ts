/**
 * Declarations → manifest: a pure function (async only because its analyzer is). All errors are collected,
 * none is thrown.
 */
export { type Break, breaks } from './breaks.ts'
export { columnsOf, contractDefaults, defaultRetry, loadColumns } from './defaults.ts'
export { declarations } from './dts.ts'
export { compile } from './compile.ts'
export type { Compiled, CompileInput, Memo } from './types.ts'
