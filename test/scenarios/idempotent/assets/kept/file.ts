import { exportTo, ref, sql } from 'sluice'
import { toFiles } from 'sluice/files'

export default exportTo(toFiles('out/payments.csv'), sql`select * from ${ref('kept.replaced')} order by id`)
