import type { FileFormat } from '../../connect/index.ts'

export const formats: readonly FileFormat[] = ['csv', 'json', 'ndjson', 'parquet']

const endings: { readonly [ending: string]: FileFormat } = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  json: 'json',
  geojson: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
  pq: 'parquet',
}

/** The format that a file's name tells, compression aside: `orders.csv.gz` is CSV. */
export function formatOf(path: string): FileFormat | undefined {
  const name = path.toLowerCase().replace(/\.(gz|zst)$/, '')
  return endings[name.slice(name.lastIndexOf('.') + 1)]
}
