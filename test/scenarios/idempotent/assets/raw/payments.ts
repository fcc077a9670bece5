import { ingest } from 'sluice'
import { files } from 'sluice/files'

export default ingest(files('data/payments-*.csv'), {
  columns: { id: 'BIGINT not null', account: 'VARCHAR', day: 'DATE not null', amount: 'DECIMAL(12,2)' },
})
