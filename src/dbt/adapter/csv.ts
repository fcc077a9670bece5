/**
 * The rows of a CSV text (RFC 4180, as Python's `csv` reads it): fields in double quotes may hold line ends
 * and doubled quotes; empty lines are skipped.
 */
export function rowsOfCsv(text: string, delimiter: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  for (let at = 0; at <= text.length; ) {
    const [field, end] = text[at] === '"' ? quotedField(text, at, delimiter) : plainField(text, at, delimiter)
    row.push(field)
    if (text.startsWith(delimiter, end) && end < text.length) {
      at = end + delimiter.length
      continue
    }
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
    at = end + (text.startsWith('\r\n', end) ? 2 : 1)
  }
  return rows
}

type Field = readonly [text: string, end: number]

function plainField(text: string, start: number, delimiter: string): Field {
  let end = start
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r' && !text.startsWith(delimiter, end))
    end += 1
  return [text.slice(start, end), end]
}

/** What follows the closing quote belongs to the field, too. */
function quotedField(text: string, start: number, delimiter: string): Field {
  let field = ''
  let at = start + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return [field + text.slice(at), text.length]
    field += text.slice(at, quote)
    if (text[quote + 1] !== '"') {
      const [rest, end] = plainField(text, quote + 1, delimiter)
      return [field + rest, end]
    }
    field += '"'
    at = quote + 2
  }
}
