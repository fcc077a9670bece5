/** A table; cells may hold anything. Columns whose cells are all empty are left out. */
export function table(head: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  if (rows.length === 0) return ''
  const kept = head.map((_, column) => column).filter(column => rows.some(row => row[column]))
  const line = (cells: readonly (string | undefined)[]) =>
    `| ${kept.map(column => escaped(cells[column] ?? '')).join(' | ')} |`
  return [line(head), `|${' --- |'.repeat(kept.length)}`, ...rows.map(line)].join('\n')
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')
}

/** Paragraphs, one empty line between them; what is undefined or empty is left out. */
export function page(parts: readonly (string | undefined)[]): string {
  return `${parts.filter(part => part !== undefined && part !== '').join('\n\n')}\n`
}

/** Says where a page comes from, to those who open its source. */
export function made(from: string): string {
  return `<!-- Made by \`npm run generate\` from ${from}: edit it there. -->`
}

export function code(text: string): string {
  return `\`${text}\``
}

export function block(language: string, lines: readonly string[]): string {
  return `\`\`\`${language}\n${lines.join('\n')}\n\`\`\``
}
