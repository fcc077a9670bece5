import { exportTo, ref } from 'sluice'
import { toFiles } from 'sluice/files'

export default exportTo(toFiles('out/revenue.csv'), ref('marts.revenue'))
