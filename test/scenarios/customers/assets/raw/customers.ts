import { ingest } from 'sluice'
import { files } from 'sluice/files'

/** One file a night holds the customers that changed, with the batch they came in. */
export default ingest(files('data/customers-*.csv'), {
  write: 'append',
  columns: {
    batch: 'BIGINT not null',
    id: 'BIGINT',
    email: 'VARCHAR',
    phone: 'VARCHAR',
    spent: 'DECIMAL(12,2)',
  },
})
