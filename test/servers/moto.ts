import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { pythonWith, unableBecause } from './install.ts'

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

// Not `moto[server]`: that brings 180 MB for services that are not asked for.
const packages = ['moto[s3]==5.2.1', 'flask', 'flask-cors']

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
  const found = install()
  if ('unable' in found) return found
  const { python } = found
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

function install(): { readonly python: string } | { readonly unable: string } {
  try {
    return { python: pythonWith(packages) }
  } catch (thrown) {
    const words = unableBecause(thrown)
    if (words === undefined) throw thrown
    return { unable: `moto cannot be installed here: ${words}` }
  }
}
