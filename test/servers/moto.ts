import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A server of S3, STS and IAM that others wrote: moto, from PyPI. */
export type Moto = {
  /** `http://127.0.0.1:…` */
  readonly url: string
  /** Its Python, which has botocore too. */
  readonly python: string
  /** Everything it holds is gone. */
  readonly reset: () => Promise<void>
  readonly stop: () => Promise<void>
}

const version = '5.2.1'
// Not `moto[server]`: that brings 180 MB for services that are not asked for.
const packages = [`moto[s3]==${version}`, 'flask', 'flask-cors']
const home = fileURLToPath(new URL(`../../node_modules/.cache/moto-${version}`, import.meta.url))

/**
 * One request at a time: moto looks at a condition and then writes, and with threads two writers would both
 * be told that they were first, which no real store does.
 */
const program = `
import sys
from werkzeug.serving import make_server, WSGIRequestHandler
from moto.server import DomainDispatcherApplication, create_backend_app
class Quiet(WSGIRequestHandler):
    def log(self, *words): pass
server = make_server('127.0.0.1', 0, DomainDispatcherApplication(create_backend_app), request_handler=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
`

/**
 * Installs what it needs, once, and starts it on a free port. `unable`: why there can be none here, where the
 * registry of Python packages cannot be reached.
 */
export async function startMoto(): Promise<Moto | { readonly unable: string }> {
  const python = join(home, 'bin', 'python')
  const unable = (await isThere(python)) ? undefined : await install()
  if (unable !== undefined) return { unable }
  const child = spawn(python, ['-c', program], { stdio: ['ignore', 'pipe', 'pipe'] })
  const errors: string[] = []
  child.stderr.on('data', piece => errors.push(String(piece)))
  const port = await portOf(child)
  if (port === undefined) throw new Error(`moto did not start: ${errors.join('')}`)
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    python,
    reset: async () => {
      await fetch(`${url}/moto-api/reset`, { method: 'POST' })
    },
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}

async function portOf(child: ChildProcess): Promise<string | undefined> {
  const lines = child.stdout && createInterface(child.stdout)
  return (await lines?.[Symbol.asyncIterator]().next())?.value
}

/** Into a folder beside, named when it is whole: many test processes may want it at once. */
async function install(): Promise<string | undefined> {
  const making = `${home}-${process.pid}`
  await mkdir(join(home, '..'), { recursive: true })
  try {
    await run('python3', ['-m', 'venv', making])
    await run(join(making, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...packages])
    await rename(making, home).catch(async thrown => {
      if (!(await isThere(join(home, 'bin', 'python')))) throw thrown
    })
    return undefined
  } catch (thrown) {
    const words = thrown instanceof Error ? thrown.message : String(thrown)
    // What else goes wrong is a fault of the machine or of this file, and no reason to pass over tests.
    if (!/connection|resol|timed out|Could not find a version/i.test(words)) throw thrown
    return `moto cannot be installed, the registry of Python packages is out of reach: ${words}`
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

async function run(command: string, words: readonly string[]): Promise<void> {
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  const errors: string[] = []
  child.stderr.on('data', piece => errors.push(String(piece)))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${errors.join('').slice(-500)}`)
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
