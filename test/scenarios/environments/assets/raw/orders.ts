import { ingest } from 'sluice'
import { isIn } from 'sluice/checks'
import { files } from 'sluice/files'

export default ingest(files('data/orders-*.csv'), {
  key: 'id',
  checks: [isIn('country', ['DE', 'FR', 'IN'], { severity: 'quarantine' })],
})
