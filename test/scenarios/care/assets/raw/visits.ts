import { ingest } from 'sluice'
import { files } from 'sluice/files'

export default ingest(files('data/visits-*.csv'), { key: 'id' })
