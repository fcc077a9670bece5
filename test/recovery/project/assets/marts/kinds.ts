import { asset } from 'sluice'
import events from '../raw/events.ts'

export default asset(
  { events },
  async function* ({ events }) {
    const counts = new Map<string, number>()
    for await (const event of events) counts.set(event.kind, (counts.get(event.kind) ?? 0) + 1)
    for (const [kind, count] of counts) yield { kind, count }
  },
  { key: 'kind' },
)
