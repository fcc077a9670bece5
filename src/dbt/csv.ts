/**
 * Rows of a CSV text by the names in its first line, as Python's `csv.DictReader` reads them: all values are
 * texts.
 */
export function csvRows(text: string): { [column: string]: string | null }[] {
  const [names, ...records] = csvRecords(text).filter(record => record.length > 0)
  if (names === undefined) return []
  return records.map(record => Object.fromEntries(names.map((name, place) => [name, record[place] ?? null])))
}

/** The records of a CSV text: fields may be quoted, and then hold commas and line ends. */
export function csvRecords(text: string, delimiter = ','): string[][] {
  const records: string[][] = []
  let record: string[] = []
  let field = ''
  let quoted = false
  let began = false
  const endField = (): void => {
    record.push(field)
    field = ''
  }
  const endRecord = (): void => {
    if (began) endField()
    records.push(record)
    record = []
    began = false
  }
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (quoted) {
      if (char !== '"') field += char
      else if (text[at + 1] === '"') field += text[++at]
      else quoted = false
    } else if (char === '"' && field === '') {
      quoted = true
      began = true
    } else if (char === delimiter) {
      endField()
      began = true
    } else if (char === '\n' || char === '\r') {
      if (char === '\r' && text[at + 1] === '\n') at++
      endRecord()
    } else {
      field += char
      began = true
    }
  }
  if (began) endRecord()
  return records
}
