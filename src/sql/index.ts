/**
 * SQL text in, facts out: pure functions of text, or of an engine's own tree. Except for quoting, none throws
 * on any text.
 */
export { type ColumnDoc, type RawFact, readFacts, selectItems, type SqlFacts } from './facts.ts'
export { type AsOf, type PastReference, replacePast } from './as-of.ts'
export { findReferences } from './find.ts'
export { asksForTables, isListing } from './listing.ts'
export { lineageOf } from './lineage.ts'
export { atOffset, lineStarts } from './place.ts'
export { partitionKey } from './partition.ts'
export { quoteAsset, quoteName, quoteNumber, quoteText } from './quote.ts'
export { characterOffsets, codePointOffset, normalForm, readsOf, type Reference } from './references.ts'
export { bareQuery, writingWord } from './statement.ts'
export { normalType } from './types.ts'
export { nameOf, type Token, type TokenKind, type TokenOptions, tokenize } from './tokens.ts'
