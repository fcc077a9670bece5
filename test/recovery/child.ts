import { openProject } from '../../src/door/index.ts'
import { dieAt, type Moment } from './moments.ts'

// One run of a project in a process of its own, to be killed: `node child.ts <project> keyed|bare`, where
// wanted with an environment and a moment at which it dies of its own. Each event is a line.
const [cwd = '.', mode = 'keyed', environment = '', moment = ''] = process.argv.slice(2)
if (moment !== '') dieAt(JSON.parse(moment) as Moment)
const project = await openProject(environment === '' ? { cwd } : { cwd, environment })
const report = await project.run({
  keyed: mode === 'keyed',
  onEvent: event => process.stdout.write(`${event.body.kind} ${event.asset ?? ''}\n`),
})
await project.close()
for (const step of report.steps)
  if (step.failure) process.stderr.write(`${step.asset}: ${step.failure.title} ${step.failure.why ?? ''}\n`)
process.exitCode = report.outcome === 'success' ? 0 : 1
