import { ingest } from 'sluice'
import { files } from 'sluice/files'

/** Events as they were extracted: the same one may come again, later and mended. */
export default ingest(files('data/events-*.ndjson'), {
  columns: {
    id: 'BIGINT not null',
    user_id: 'BIGINT not null',
    day: 'DATE not null',
    points: 'INTEGER not null',
    extracted_at: 'TIMESTAMP not null',
  },
  partition: 'day',
})
