import { openProject } from '../../src/door/index.ts'

// A replay in a process of its own, to be killed: `node replay.ts <project> <asset>`. Each event is a line.
const [cwd = '.', asset = ''] = process.argv.slice(2)
const project = await openProject({ cwd })
const report = await project.quarantine.replay(asset, {
  onEvent: event => process.stdout.write(`${event.body.kind} ${event.asset ?? ''}\n`),
})
await project.close()
process.exitCode = report.outcome === 'success' ? 0 : 1
