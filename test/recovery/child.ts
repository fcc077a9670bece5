import { openProject } from '../../src/door/index.ts'

// One run of a project in a process of its own, to be killed: `node child.ts <project> keyed|bare`. Each
// event is a line.
const [cwd = '.', mode = 'keyed'] = process.argv.slice(2)
const project = await openProject({ cwd })
const report = await project.run({
  keyed: mode === 'keyed',
  onEvent: event => process.stdout.write(`${event.body.kind} ${event.asset ?? ''}\n`),
})
await project.close()
for (const step of report.steps)
  if (step.failure) process.stderr.write(`${step.asset}: ${step.failure.title} ${step.failure.why ?? ''}\n`)
process.exitCode = report.outcome === 'success' ? 0 : 1
