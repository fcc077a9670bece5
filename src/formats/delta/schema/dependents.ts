import { failure } from '../../../errors/index.ts'
import type { Transaction } from '../face.ts'
import { constraintsOf } from './checks.ts'
import { readSchema, type StructType } from './schema-string.ts'
import { translate } from './spark/expression.ts'
import { fieldAt, type Path, pathWords } from './tree.ts'

/** Refuse to take a column away from what speaks of it: constraints, generated columns, clustering. */
export async function refuseDependents(tx: Transaction, path: Path, done: string): Promise<void> {
  const schema = readSchema(tx.metadata.schemaString)
  const generated = schema.fields.flatMap(({ name, metadata }) => {
    const expression = metadata['delta.generationExpression']
    return typeof expression === 'string' ? [[`the column \`${name}\``, expression] as const] : []
  })
  const constraints = [...constraintsOf(tx.metadata)].map(
    ([name, expression]) => [`the constraint \`${name}\``, expression] as const,
  )
  const user = [...generated, ...constraints].find(([, expression]) =>
    translate(expression, tx.fields).columns.some(read => touches(read, path)),
  )
  const clustered = user === undefined && (await isClustered(tx, schema, path))
  if (user === undefined && !clustered) return
  throw failure('SLUICE_DELTA_ALTER_REFUSED', {
    what: `\`${pathWords(path)}\` cannot be ${done}: ${user?.[0] ?? 'the clustering of the table'} reads it.`,
    why: user?.[1] ?? 'Clustering columns stand in the log by their names.',
    fix: user
      ? 'Drop the constraint first, or write the column without a generation expression.'
      : 'Cluster by other columns first.',
  })
}

/** One is the other, or lies within it. */
function touches(a: Path, b: Path): boolean {
  const shorter = Math.min(a.length, b.length)
  return a.slice(0, shorter).every((name, at) => name.toLowerCase() === b[at]?.toLowerCase())
}

/** "Clustered Table": the domain holds paths of stored names, which stay when a column is renamed. */
async function isClustered(tx: Transaction, schema: StructType, path: Path): Promise<boolean> {
  const configuration = await tx.base?.domain('delta.clustering')
  if (configuration === undefined) return false
  const { clusteringColumns = [] } = JSON.parse(configuration) as { clusteringColumns?: readonly Path[] }
  const stored = path.map((_, at) => {
    const { field } = fieldAt(schema, path.slice(0, at + 1))
    return String(field.metadata['delta.columnMapping.physicalName'] ?? field.name)
  })
  return clusteringColumns.some(column => touches(column, stored))
}
