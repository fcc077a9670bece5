// `npm start`: what a newcomer types. Installs what the demo needs, runs it, and leaves the words to the
// command line.
import { join } from 'node:path'
import { demo, installMissing, root, runScript } from './install.mjs'

installMissing(demo)
const flights = join(root, 'examples', 'flights')
process.exitCode = await runScript(join(root, 'bin', 'sluice.js'), ['run', ...process.argv.slice(2)], flights)
if (process.exitCode === 0)
  process.stderr.write(`
  The project is examples/flights: every file in its assets/ is one table, and its path is its name.
  Change one and type npm start again: only what depends on it runs.
`)
