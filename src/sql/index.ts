/** SQL text in, facts out. Everything here is a pure function of text (or of an engine's own tree), and none throws on any text. */
export { type ColumnDoc, type RawFact, readFacts, selectItems, type SqlFacts } from './facts.ts'
export { findReferences } from './find.ts'
export { atOffset, lineStarts } from './place.ts'
export { quoteAsset, quoteName, quoteNumber, quoteText } from './quote.ts'
export {
  characterOffsets,
  codePointOffset,
  normalForm,
  readsOf,
  type Reference,
} from './references.ts'
export { nameOf, type Token, type TokenKind, tokenize } from './tokens.ts'
