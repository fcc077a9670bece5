import { ingest } from 'sluice'
import { files } from 'sluice/files'

export default ingest(files('data/purchases-*.csv'), {
  write: 'append',
  columns: { user_id: 'VARCHAR', day: 'DATE not null', amount: 'DECIMAL(12,2) not null' },
})
