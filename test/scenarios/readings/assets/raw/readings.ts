import { ingest } from 'sluice'
import { between, matches } from 'sluice/checks'
import { files } from 'sluice/files'

/** What the sensors say; a record that breaks a rule waits with its reason. */
export default ingest(files('data/readings-*.csv'), {
  columns: {
    id: 'BIGINT not null',
    sensor: 'VARCHAR not null',
    day: 'DATE not null',
    celsius: 'DECIMAL(5,2) not null',
  },
  partition: 'day',
  checks: [
    between('celsius', -60, 60, { severity: 'quarantine' }),
    matches('sensor', '^S-[0-9]{3}$', { severity: 'quarantine' }),
  ],
})
