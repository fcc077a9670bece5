import { failure, near } from '../../errors/index.ts'

/** What a word of a fixed vocabulary means; another word is a failure that names the near ones. */
export function oneOf<T>(
  words: { readonly [word: string]: T },
  { raw, value }: { readonly raw: string; readonly value: unknown },
): T {
  const word = String(value)
  const found = Object.hasOwn(words, word) ? words[word] : undefined
  if (found !== undefined) return found
  const known = Object.keys(words)
  throw failure('SLUICE_DBT_SELECTION_VALUE', {
    expression: raw,
    value: word,
    known,
    near: near(word, known),
  })
}
