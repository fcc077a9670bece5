export type Block = {
  readonly tag: string
  readonly name: string
  readonly text: string
  readonly line: number
  readonly column: number
  readonly start: number
  readonly end: number
}
/** (until the language room has it) */
export function blocks(text: string, { tags }: { name: string; tags: readonly string[] }): Block[] {
  const found: Block[] = []
  const pattern =
    /\{#[^]*?#\}|\{%[-+]?\s*(\w+)((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^%'"]|%(?!\}))*)[-+]?%\}/g
  let open: { tag: string; name: string; start: number } | undefined
  let raw = false
  for (const m of text.matchAll(pattern)) {
    const tag = m[1]
    if (tag === undefined) continue
    if (raw) {
      if (tag === 'endraw') raw = false
      continue
    }
    if (tag === 'raw') {
      raw = true
      continue
    }
    if (!open) {
      if (tags.includes(tag)) open = { tag, name: /^\s*(\w+)/.exec(m[2] ?? '')?.[1] ?? '', start: m.index }
    } else if (tag === `end${open.tag}`) {
      found.push({
        tag: open.tag,
        name: open.name,
        text: text.slice(open.start, m.index + m[0].length),
        line: text.slice(0, open.start).split('\n').length,
        column: 1,
        start: open.start,
        end: m.index + m[0].length,
      })
      open = undefined
    }
  }
  return found
}
