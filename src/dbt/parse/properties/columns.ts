import type { ColumnFacts } from '../../face.ts'
import { textsOf } from '../../project/tree.ts'
import { isObject, type Yaml, type YamlObject } from '../../yaml.ts'

/** A column as properties tell of it. */
export type Column = {
  readonly facts: ColumnFacts
  readonly said: YamlObject
  readonly quote: boolean | null
}

const known = new Set(
  'name description meta data_type constraints docs config data_tests tests quote tags granularity'.split(
    ' ',
  ),
)

const constraintTypes = ['check', 'not_null', 'unique', 'primary_key', 'foreign_key', 'custom']

/** The columns of an entry by name; a later one of the same name takes the earlier one's place. */
export function columnsOf(written: Yaml | undefined, fail: (words: string) => Error): Map<string, Column> {
  const columns = new Map<string, Column>()
  if (written === undefined || written === null) return columns
  if (!Array.isArray(written)) throw fail('`columns` must be a list.')
  for (const item of written) {
    if (!isObject(item) || item.name === undefined) throw fail('A column has no `name`.')
    const column = columnOf(item, fail)
    columns.set(column.facts.name, column)
  }
  return columns
}

export function columnOf(said: YamlObject, fail: (words: string) => Error): Column {
  const config: YamlObject = isObject(said.config) ? said.config : {}
  const meta = { ...(isObject(said.meta) && said.meta), ...(isObject(config.meta) && config.meta) }
  const tags = [...new Set([...textsOf(said.tags), ...textsOf(config.tags)])]
  const quote = typeof said.quote === 'boolean' ? said.quote : null
  const others = Object.entries(said).filter(([name]) => !known.has(name))
  const facts = {
    name: String(said.name),
    description: typeof said.description === 'string' ? said.description : '',
    meta,
    data_type: said.data_type === undefined || said.data_type === null ? null : String(said.data_type),
    constraints: constraintsOf(said.constraints, 'column', fail),
    quote,
    config: { meta, tags },
    tags,
    granularity: said.granularity ?? null,
    doc_blocks: [],
    ...Object.fromEntries(others),
  } as unknown as ColumnFacts
  return { facts, said, quote }
}

/** What the database is to hold true, in dbt's fields. */
export function constraintsOf(
  written: Yaml | undefined,
  of: 'column' | 'model',
  fail: (words: string) => Error,
): ColumnFacts['constraints'] {
  if (!Array.isArray(written)) return []
  return written.map(item => {
    const said = isObject(item) ? item : {}
    if (!constraintTypes.includes(String(said.type)))
      throw fail(`A constraint's \`type\` must be one of ${constraintTypes.join(', ')}.`)
    const made = {
      type: said.type,
      name: said.name ?? null,
      expression: said.expression ?? null,
      warn_unenforced: said.warn_unenforced ?? true,
      warn_unsupported: said.warn_unsupported ?? true,
      to: said.to ?? null,
      to_columns: textsOf(said.to_columns),
    }
    return (
      of === 'model' ? { ...made, columns: textsOf(said.columns) } : made
    ) as ColumnFacts['constraints'][number]
  })
}
