import { ingest } from 'sluice'
import { rest } from 'sluice/http'

const address = process.env['TICKETS_URL'] ?? 'http://127.0.0.1:9'

export default ingest(rest({ url: `${address}/by-number`, paging: { by: 'page number' } }), { key: 'id' })
