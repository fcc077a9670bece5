import { ingest } from 'sluice'
import { files } from 'sluice/files'

export default ingest(files('data/orders-*.csv'), {
  doc: 'Orders as the shop team hands them over.',
  owner: 'shop',
  columns: {
    id: 'BIGINT not null',
    country: 'VARCHAR not null',
    amount: 'DECIMAL(12,2) not null',
    ordered_on: 'DATE not null',
  },
})
