import { ingest } from 'sluice'
import { files } from 'sluice/files'

export default ingest(files('data/readings-*.csv'), { write: 'append' })
