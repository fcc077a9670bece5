import { ingest } from 'sluice'
import { files } from 'sluice/files'

export default ingest(files('data/visits-*.csv'), {
  columns: { day: 'DATE not null', page: 'VARCHAR not null', visits: 'BIGINT not null' },
  partition: 'day',
})
