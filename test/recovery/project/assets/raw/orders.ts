import { ingest } from 'sluice'
import { files } from 'sluice/files'

export default ingest(files('data/orders-*.csv'), {
  write: 'append',
  columns: {
    id: 'BIGINT not null',
    customer: 'INTEGER not null',
    day: 'DATE not null',
    amount: 'DECIMAL(10,2) not null',
  },
})
