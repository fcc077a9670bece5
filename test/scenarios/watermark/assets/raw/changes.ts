import { readFile } from 'node:fs/promises'
import { ingest } from 'sluice'

type Change = {
  readonly id: number
  readonly state: string
  readonly changed_at: string
  readonly tags: string[]
}

const read = async () =>
  JSON.parse(await readFile(new URL('../../changes.json', import.meta.url), 'utf8')) as readonly Change[]

/** A table that is asked for what changed since: it answers from the given moment on, that moment inside. */
export default ingest(
  async function* ({ since, log }) {
    log(`since ${since ?? 'ever'}`)
    for (const change of await read()) if (since === undefined || change.changed_at >= since) yield change
  },
  {
    key: 'id',
    cursor: 'changed_at',
    lag: '5 minutes',
    columns: { id: 'BIGINT', state: 'VARCHAR', changed_at: 'TIMESTAMP' },
  },
)
