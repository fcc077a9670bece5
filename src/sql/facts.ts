import type { At } from '../model/index.ts'
import { sayings } from './comments.ts'
import { type SelectItem, itemsOf } from './items.ts'
import { atOffset, lineStarts } from './place.ts'
import { type Token, tokenize } from './tokens.ts'

/** A fact as it stands in a comment: `@name words`. What it means is not decided here. */
export type RawFact = {
  readonly name: string
  /** Everything up to the next fact or the end of the line, white space at its ends removed. */
  readonly words: string
  /** The fact with its `@` and words. */
  readonly at: At
  /** The column it speaks of; undefined: the asset. */
  readonly column?: string
}

/** Free text about a column. */
export type ColumnDoc = { readonly column: string; readonly doc: string; readonly at: At }

export type SqlFacts = {
  /** Free text of the leading comments, lines joined by `\n`; '' when there is none. */
  readonly doc: string
  readonly facts: readonly RawFact[]
  readonly columns: readonly ColumnDoc[]
  /**
   * Facts in comments that belong to nothing: inside a CTE, between two items, behind an item that has no
   * name.
   */
  readonly strays: readonly RawFact[]
}

/**
 * Facts in the comments of one query.
 *
 * - Comments before the first token speak of the asset: free text is its doc, `@fact words` its facts. A line
 *   that only repeats the file's own name is no doc.
 * - A comment in the outermost select list speaks of the item that ends, or is open, on its line. An item is
 *   called by its alias or by the last part of a plain column. Of a UNION the first branch counts: it names
 *   the columns.
 * - `@column name: doc @fact words` anywhere speaks of that column, to the end of its comment or the next
 *   `@column`.
 * - A fact begins at an `@` that begins the line or follows white space, with a letter behind it; it ends at
 *   the next one or with its line. Within '…' an `@` begins nothing.
 * - Comments elsewhere (CTEs, subqueries, behind FROM) are only comments: a column of a CTE is not a column
 *   of the asset.
 */
export function readFacts(text: string, file: string): SqlFacts {
  const tokens = tokenize(text)
  const code = tokens.filter(token => token.kind !== 'comment')
  const ownerOf = owners(code, lineStarts(text))
  const doc: string[] = []
  const facts: RawFact[] = []
  const columns: ColumnDoc[] = []
  const strays: RawFact[] = []
  const source = { file, starts: lineStarts(text) }
  for (const comment of tokens) {
    if (comment.kind !== 'comment') continue
    const owner = ownerOf(comment)
    for (const said of sayings(comment)) {
      const column = said.column ?? owner.column
      const at = atOffset(source, said.offset, said.length)
      const mine = column !== undefined || owner.asset
      const fact = {
        name: said.name ?? '',
        words: said.words,
        at,
        ...(column === undefined ? {} : { column }),
      }
      if (said.name !== undefined) (mine ? facts : strays).push(fact)
      else if (column !== undefined && said.words !== '') columns.push({ column, doc: said.words, at })
      else if (column === undefined && owner.asset && said.words !== file) doc.push(said.words)
    }
  }
  return { doc: doc.join('\n').trim(), facts, columns: joined(columns), strays }
}

type Owner = { readonly asset: boolean; readonly column: string | undefined }

/** Tells whom a comment speaks of. Comments are asked for in the order of the text. */
function owners(code: readonly Token[], starts: readonly number[]): (comment: Token) => Owner {
  const items = itemsOf(code)
  const lineOf = (offset: number): number => atOffset({ file: '', starts }, offset, 0).line
  let seen = 0
  return comment => {
    while ((code[seen]?.offset ?? Number.POSITIVE_INFINITY) < comment.offset) seen++
    const before = code[seen - 1]
    if (before === undefined) return { asset: true, column: undefined }
    const line = lineOf(comment.offset)
    const after = code[seen]
    const trailing =
      after === undefined || lineOf(after.offset) > lineOf(comment.offset + comment.text.length)
    const endsHere = lineOf(before.offset + before.text.length) === line && trailing
    const owner = items.find(item => {
      const open = item.first.offset < comment.offset && comment.offset < item.last.offset
      return open || (endsHere && (before === item.last || before === item.comma))
    })
    return { asset: false, column: owner?.name }
  }
}

/** One doc per column: what several comments say of it is joined by a space. */
function joined(docs: readonly ColumnDoc[]): readonly ColumnDoc[] {
  const byColumn = new Map<string, ColumnDoc>()
  for (const said of docs) {
    const first = byColumn.get(said.column)
    byColumn.set(said.column, first ? { ...first, doc: `${first.doc} ${said.doc}` } : said)
  }
  return [...byColumn.values()]
}

/**
 * Where the columns of the result are written, for frames: name (undefined: the engine's own), offset and
 * length.
 */
export function selectItems(
  text: string,
): readonly { readonly name: string | undefined; readonly offset: number; readonly length: number }[] {
  const code = tokenize(text).filter(token => token.kind !== 'comment')
  return itemsOf(code).map((item: SelectItem) => ({
    name: item.name,
    offset: item.first.offset,
    length: item.last.offset + item.last.text.length - item.first.offset,
  }))
}
