import { ingest } from 'sluice'
import { rest } from 'sluice/http'

const address = process.env['TICKETS_URL'] ?? 'http://127.0.0.1:9'

export default ingest(
  rest({ url: `${address}/by-offset`, records: 'rows', paging: { by: 'offset', limit: 3 } }),
  { key: 'id', nested: 'keep' },
)
