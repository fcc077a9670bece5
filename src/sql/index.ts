/** SQL text in, facts out. Everything here is a pure function of text (or of an engine's own tree), and none throws on any text. */
export { type ColumnDoc, type RawFact, readFacts, selectItems, type SqlFacts } from './facts.ts'
export { atOffset, lineStarts } from './place.ts'
export { quoteAsset, quoteName, quoteNumber, quoteText } from './quote.ts'
export { nameOf, type Token, type TokenKind, tokenize } from './tokens.ts'
