import type { Severity } from '../model/index.ts'

/** One word of a fact; `from` is where it starts. */
export type Word = { readonly text: string; readonly from: number }

/** What may follow the arguments of any check. */
export type Strengths = { readonly severity?: Severity; readonly mostly?: number; readonly where?: string }

/**
 * Words parted by white space or commas. '…' and "…" keep a word together, with the quote doubled inside.
 * A comma inside an unquoted word belongs to it (`[A-Z]{2,3}`), at its end it does not.
 */
export function wordsOf(text: string): { readonly words: readonly Word[] } | { readonly problem: string } {
  const words: Word[] = []
  let at = 0
  while (at < text.length) {
    const gap = /^[\s,]+/.exec(text.slice(at))
    if (gap !== null) {
      at += gap[0].length
      continue
    }
    const quote = text.charAt(at)
    if (quote === "'" || quote === '"') {
      const end = closing(text, at)
      if (end < 0) return { problem: `the ${quote} is not closed` }
      words.push({ text: text.slice(at + 1, end).replaceAll(quote + quote, quote), from: at })
      at = end + 1
    } else {
      const run = /^\S+/.exec(text.slice(at))?.[0] ?? ''
      words.push({ text: run.replace(/,+$/, ''), from: at })
      at += run.length
    }
  }
  return { words }
}

/** Cuts `warn`, `mostly 0.95` and `where (…)` off the end, in any order. */
export function strengthsOf(words: string): {
  readonly rest: string
  readonly strengths: Strengths | { readonly problem: string }
} {
  let rest = words.trim()
  let strengths: Strengths = {}
  for (;;) {
    const cut = severityAt(rest) ?? mostlyAt(rest) ?? whereAt(rest)
    if (cut === undefined) return { rest, strengths }
    const again = Object.keys(cut.strength).find(name => name in strengths)
    if (again !== undefined) return { rest, strengths: { problem: `\`${again}\` is said twice` } }
    strengths = { ...strengths, ...cut.strength }
    rest = rest.slice(0, cut.from).trim()
  }
}

type Cut = { readonly from: number; readonly strength: Strengths }

function severityAt(text: string): Cut | undefined {
  const found = /(?:^|\s)(warn|error|quarantine)$/.exec(text)
  if (found === null) return undefined
  return { from: found.index, strength: { severity: found[1] as Severity } }
}

function mostlyAt(text: string): Cut | undefined {
  const found = /(?:^|\s)mostly\s+(\d*\.?\d+)(%?)$/.exec(text)
  if (found === null) return undefined
  const figure = Number(found[1])
  return { from: found.index, strength: { mostly: found[2] === '%' ? figure / 100 : figure } }
}

/** `where (…)` whose brackets close at the very end. */
function whereAt(text: string): Cut | undefined {
  if (!text.endsWith(')')) return undefined
  for (const found of text.matchAll(/(?:^|\s)where\s*\(/gi)) {
    const open = found.index + found[0].length - 1
    if (closing(text, open) === text.length - 1) {
      return { from: found.index, strength: { where: text.slice(open + 1, -1).trim() } }
    }
  }
  return undefined
}

/** Index of the quote or bracket that closes the one at `open`; -1: none does. */
function closing(text: string, open: number): number {
  const opener = text.charAt(open)
  if (opener !== '(') return closingQuote(text, open)
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === "'" || char === '"') {
      at = closingQuote(text, at)
      if (at < 0) return -1
    } else if (char === '(') depth++
    else if (char === ')' && --depth === 0) return at
  }
  return -1
}

function closingQuote(text: string, open: number): number {
  const quote = text.charAt(open)
  for (let at = open + 1; at < text.length; at++) {
    if (text.charAt(at) !== quote) continue
    if (text.charAt(at + 1) !== quote) return at
    at++
  }
  return -1
}
