import { openProject } from '../../src/door/index.ts'

// A promotion or a rollback in a process of its own, to be killed: `node move.ts <project> promote` or
// `node move.ts <project> rollback <run>`. Says `go` when everything is open and it begins.
const [cwd = '.', verb = 'promote', run = ''] = process.argv.slice(2)
const project = await openProject(verb === 'promote' ? { cwd, environment: 'dev' } : { cwd })
await project.manifest()
await project.store('write')
process.stdout.write('go\n')
if (verb === 'promote') await project.promote({})
else await project.rollback(run)
await project.close()
