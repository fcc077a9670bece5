import { ingest } from 'sluice'
import { files } from 'sluice/files'

/** Everything that ever came, as it came, doubles and nonsense too: rows are only added. */
export default ingest(files('data/events-*.csv'), {
  write: 'append',
  columns: { id: 'VARCHAR', shop: 'VARCHAR', day: 'VARCHAR', amount: 'VARCHAR' },
  contract: { onNewColumn: 'add', onMissing: 'add' },
})
