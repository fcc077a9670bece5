import { raise, textOf, typeName, type Value } from '../../../jinja/index.ts'

/** A text that is searched, by code points. */
export type Subject = { readonly text: string; readonly codes: Uint32Array; readonly isPlain: boolean }

const surrogate = /[\ud800-\udfff]/

export function subjectOf(value: Value): Subject {
  const text =
    textOf(value) ?? raise('TypeError', `expected string or bytes-like object, got '${typeName(value)}'`)
  const isPlain = !surrogate.test(text)
  const codes = isPlain
    ? Uint32Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
    : Uint32Array.from(Array.from(text), each => each.codePointAt(0) ?? 0)
  return { text, codes, isPlain }
}

export function cut({ text, codes, isPlain }: Subject, from: number, to: number): string {
  if (isPlain) return text.slice(from, Math.max(from, to))
  return Array.from(codes.subarray(from, Math.max(from, to)), code => String.fromCodePoint(code)).join('')
}
