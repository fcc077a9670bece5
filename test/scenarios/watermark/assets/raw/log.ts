import { ingest } from 'sluice'
import { readFile } from 'node:fs/promises'

type Change = {
  readonly id: number
  readonly state: string
  readonly changed_at: string
  readonly tags: string[]
}

const read = async () =>
  JSON.parse(await readFile(new URL('../../changes.json', import.meta.url), 'utf8')) as readonly Change[]

/** The same, every version kept. */
export default ingest(
  async function* ({ since }) {
    for (const change of await read()) if (since === undefined || change.changed_at >= since) yield change
  },
  {
    write: 'append',
    nested: 'split',
    cursor: 'changed_at',
    lag: '5 minutes',
    columns: { id: 'BIGINT', state: 'VARCHAR', changed_at: 'TIMESTAMP' },
  },
)
