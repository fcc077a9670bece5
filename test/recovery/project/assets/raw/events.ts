import { readFile } from 'node:fs/promises'
import { ingest } from 'sluice'

/** A source with a place of its own: it goes on behind the last line that was safe. */
export default ingest(
  async function* ({ position, checkpoint }) {
    const lines = (await readFile(new URL('../../data/events.ndjson', import.meta.url), 'utf8'))
      .trim()
      .split('\n')
    for (let at = Number(position ?? 0); at < lines.length; at++) {
      yield JSON.parse(lines[at] ?? '{}') as { id: number; kind: string }
      if (at % 5 === 4) checkpoint(at + 1)
    }
    checkpoint(lines.length)
  },
  { write: 'append' },
)
