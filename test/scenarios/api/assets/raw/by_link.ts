import { ingest } from 'sluice'

const address = process.env['TICKETS_URL'] ?? 'http://127.0.0.1:9'

/** The same by hand: pages are asked for as their Link header says. */
export default ingest(
  async function* ({ http }) {
    for await (const page of http.pages(`${address}/by-link`)) yield page
  },
  { key: 'id' },
)
