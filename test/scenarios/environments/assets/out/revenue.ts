import { exportTo, sql } from 'sluice'
import { toFiles } from 'sluice/files'

export default exportTo(toFiles('out/revenue.csv'), sql`select * from marts.revenue`)
