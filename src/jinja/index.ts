/**
 * The Jinja language with Python's semantics.
 *
 * `language(options)` is Jinja with a host's own globals, filters, tests and statements; `compile` makes a
 * `Template`, which renders at once or waits for what it calls. A host hands values in as they stand in
 * `values/model.ts`: its own functions by `callable`, its own objects by a `HostType`, and a macro's early
 * end by throwing `Returned`. A template reaches nothing else.
 */
export { type BlockOptions, blocks, type TextBlock } from './blocks.ts'
export { type CompileOptions, type Language, language, type LanguageOptions } from './language.ts'
export { defaultLimits, type Limits } from './limits.ts'
export { literalOf } from './literal.ts'
export { nativeJoin } from './native.ts'
export type { Tag } from './parse/index.ts'
export type { Scope } from './render/context.ts'
export { Macro } from './render/macro.ts'
export { Returned } from './render/trace.ts'
export { type MacroFacts, Template } from './template.ts'
export type { Body, Call, Expression, Macro as MacroStatement, Parameter, Statement } from './tree.ts'
export * from './values/index.ts'
export { type Node, walk } from './walk.ts'
