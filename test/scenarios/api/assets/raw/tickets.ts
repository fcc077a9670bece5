import { ingest } from 'sluice'
import { isIn } from 'sluice/checks'
import { rest } from 'sluice/http'

const address = process.env['TICKETS_URL'] ?? 'http://127.0.0.1:9'

/**
 * Tickets with their messages, page by page by cursor; messages and their files become tables of their own.
 */
export default ingest(
  rest({
    url: `${address}/tickets`,
    records: 'data.tickets',
    paging: { by: 'cursor', path: 'data.next', parameter: 'cursor' },
  }),
  {
    key: 'id',
    nested: 'split',
    checks: [isIn('state', ['open', 'closed'], { severity: 'quarantine' })],
  },
)
