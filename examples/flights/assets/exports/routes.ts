import { exportTo } from 'sluice'
import { toFiles } from 'sluice/files'
import routes from '../marts/routes.ts'

export default exportTo(toFiles('out/routes.csv'), routes, {
  doc: 'The routes, for people with spreadsheets.',
})
