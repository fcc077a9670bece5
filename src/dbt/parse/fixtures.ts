import { csvRows } from '../csv.ts'
import type { Yaml } from '../yaml.ts'
import { baseName, type SourceFile } from './source.ts'

/** Rows that unit tests read from files: of CSV as rows, of SQL as the query. */
export function parseFixture(file: SourceFile, fixtures: Map<string, Yaml>): void {
  const rows = file.path.endsWith('.sql') ? file.text : csvRows(file.text)
  fixtures.set(`${file.package.name}.${baseName(file.path)}`, rows)
}
