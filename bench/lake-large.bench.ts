import { join } from 'node:path'
import type { Bench, Figure } from './bench.ts'
import { inFolder, lineitem, parquet, prepare, sluice } from './lake.data.ts'

const rows = 60_000_000
const files = 24
/** A hundredth: four in five have keys of the table. */
const sourceRows = 600_000
const rssGigabytesMax = 1.2

/** Takes some 2 GB of disk and minutes: alone in its bench. */
export const bench: Bench = {
  name: 'lake-large',
  gate: '0.6 M rows merged into 60 M × 16 columns with deletion vectors, below 1.2 GB of memory; 2 GB of disk',
  run: () => inFolder(measure),
}

async function measure(folder: string): Promise<readonly Figure[]> {
  const table = join(folder, 'table')
  await sluice({ what: 'create', table })
  const [from, part] = [join(folder, 'rows', 'part'), rows / files]
  for (let n = 0; n < files; n++) {
    await prepare([parquet(`select ${lineitem('i')} from range(${n * part}, ${(n + 1) * part}) t(i)`, from)])
    await sluice({ what: 'append', table, rows: `${from}.parquet` })
  }
  const source = join(folder, 'rows', 'merge')
  const keys = `select distinct hash(n * 71) % ${Math.floor((rows / 4) * 5)} as i from range(${sourceRows}) t(n)`
  await prepare([parquet(`select ${lineitem('i')} from (${keys})`, source)])
  const merge = await sluice({ what: 'merge', table, rows: `${source}.parquet` })
  return [
    {
      what: 'most memory held by the process that merges',
      figure: merge.rssBytes / 1e9,
      unit: 'GB',
      gate: { of: 'figure', atMost: rssGigabytesMax },
    },
    { what: 'the merge', figure: merge.cpuSeconds, unit: 'CPU-s' },
    { what: 'the merge', figure: merge.seconds, unit: 's' },
  ]
}
