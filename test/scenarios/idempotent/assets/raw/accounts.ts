import { ingest } from 'sluice'

/** Read whole each time; only what differs is a new version, whenever it was loaded. */
export default ingest(
  async function* () {
    yield { account: 'a', owner: 'Ada' }
    yield { account: 'b', owner: 'Bob' }
  },
  { write: 'scd2', key: 'account' },
)
