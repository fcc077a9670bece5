import { ingest } from 'sluice'
import { files } from 'sluice/files'

export default ingest(files('data/people-*.csv'), {
  key: 'id',
  contract: { onNewColumn: 'add', onTypeChange: 'quarantine', onMissing: 'fail' },
})
