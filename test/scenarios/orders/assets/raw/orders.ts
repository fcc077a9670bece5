import { ingest } from 'sluice'
import { between, columnsPresent, isIn, isType, notNull, rowCount, unique } from 'sluice/checks'
import { files } from 'sluice/files'

/** Looked at when they come in: what is no order waits, what makes the whole doubtful stops it. */
export default ingest(files('data/orders.csv'), {
  write: 'replace',
  columns: {
    id: 'BIGINT',
    amount: 'DECIMAL(12,2)',
    status: 'VARCHAR',
    created_at: 'TIMESTAMP',
  },
  checks: [
    columnsPresent('id', 'amount', 'status', 'created_at'),
    isType('amount', 'DECIMAL'),
    notNull('id', { severity: 'quarantine' }),
    unique('id'),
    between('amount', 0, 100_000, { severity: 'quarantine' }),
    isIn('status', ['new', 'paid', 'sent']),
    between('created_at', 'yesterday', 'now'),
    rowCount(3, 1_000_000),
  ],
})
