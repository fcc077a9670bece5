import type { ByteRange } from '../../objects/index.ts'
import type { TableField } from '../schema.ts'
import type { Chunk, RowGroup } from './footer.ts'

/** A column as tables find it in their files. */
export type WantedColumn = Pick<TableField, 'stored' | 'id'>

/** How columns are found in files. */
export type By = 'name' | 'id'

export type Finding = { readonly columns: readonly WantedColumn[]; readonly by: By }

/** Where the columns lie, of the row groups that may have a row. */
export function rangesOf(groups: readonly RowGroup[], finding: Finding): readonly ByteRange[] {
  return groups.flatMap(({ chunks }) =>
    chunks.filter(chunk => isOneOf(chunk, finding)).flatMap(({ ranges }) => ranges),
  )
}

/** The column of a row group, if it is one plain column there. */
export function chunkOf({ chunks }: RowGroup, column: WantedColumn, by: By): Chunk | undefined {
  const found = chunks.filter(chunk => isOneOf(chunk, { columns: [column], by }))
  return found.length === 1 && found[0]?.leaf.alone ? found[0] : undefined
}

function isOneOf({ leaf }: Chunk, { columns, by }: Finding): boolean {
  return columns.some(({ stored, id }) =>
    by === 'id' ? id === leaf.columnId : stored.toLowerCase() === leaf.column.toLowerCase(),
  )
}
