import { ingest } from 'sluice'
import { unique } from 'sluice/checks'
import { files } from 'sluice/files'
import { data } from '../../data.ts'

export default ingest(files(data('airports.csv')), {
  doc: 'Airports of the United States and its territories.',
  owner: 'operations',
  tags: 'raw',
  write: 'replace',
  key: 'iata',
  checks: [unique('iata')],
})
