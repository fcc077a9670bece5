// `npm test`: installs the whole repository if something of it is missing, then runs every test on the pinned
// Node.
import { join } from 'node:path'
import { installMissing, root, runScript } from './install.mjs'

installMissing()
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
process.exitCode = await runScript(vitest, ['run', ...process.argv.slice(2)])
