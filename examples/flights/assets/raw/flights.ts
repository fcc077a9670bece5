import { ingest } from 'sluice'
import { columnsPresent, rowCount } from 'sluice/checks'
import { files } from 'sluice/files'
import { data } from '../../data.ts'

export default ingest(files(data('flights-3m.parquet')), {
  doc: 'Domestic flights of the first half of 2001, as the US Bureau of Transportation Statistics published them.',
  owner: 'operations',
  tags: 'raw',
  write: 'append',
  checks: [rowCount(1), columnsPresent('date', 'delay', 'distance', 'origin', 'destination')],
})
