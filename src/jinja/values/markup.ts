import type { Value } from './model.ts'

/** Text that is known to be HTML: what is joined to it is escaped. `safe` and `escape` make it. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** The text of a str or of Markup, which is one. */
export function textOf(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value
  return value instanceof Markup ? value.text : undefined
}

const entities: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
}

/** `&`, `<`, `>` and both quotes as HTML writes them. */
export function escapeText(text: string): string {
  return text.replace(/[&<>'"]/g, found => entities[found] ?? found)
}
