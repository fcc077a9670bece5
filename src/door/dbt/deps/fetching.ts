import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Environment } from '../../../dbt/index.ts'
import { failure } from '../../../errors/index.ts'

export type Reach = { readonly env: Environment; readonly signal: AbortSignal }

/** Where packages of the hub are listed; `DBT_PACKAGE_HUB_URL` names a mirror. */
const hub = 'https://hub.getdbt.com/'

export type HubPackage = {
  readonly versions: {
    readonly [version: string]: {
      readonly name?: string
      readonly packages?: readonly unknown[]
      readonly require_dbt_version?: unknown
      readonly downloads?: { readonly tarball?: string }
    }
  }
}

/** A package of the hub, with all of its versions. */
export async function fromHub(name: string, reach: Reach): Promise<HubPackage> {
  const base = reach.env.DBT_PACKAGE_HUB_URL ?? hub
  const url = new URL(`api/v1/${name}.json`, base.endsWith('/') ? base : `${base}/`)
  const response = await got(url.href, name, reach)
  return (await response.json()) as HubPackage
}

export async function download(url: string, name: string, reach: Reach): Promise<Uint8Array> {
  return new Uint8Array(await (await got(url, name, reach)).arrayBuffer())
}

async function got(url: string, name: string, { signal }: Reach): Promise<Response> {
  const words = (why: string) => `\`${new URL(url).host}\` ${why}`
  const response = await fetch(url, { signal }).catch((thrown: unknown) => {
    if (signal.aborted) throw thrown
    throw failure(
      'SLUICE_DBT_PACKAGE_AWAY',
      { name, words: words('could not be reached.') },
      { cause: thrown },
    )
  })
  if (response.ok) return response
  if (response.status === 404)
    throw failure('SLUICE_DBT_PACKAGE', { name, words: words('has no such package.') })
  throw failure('SLUICE_DBT_PACKAGE_AWAY', { name, words: words(`answers with status ${response.status}.`) })
}

const run = promisify(execFile)
/** What `git` may say at most. */
const outputBytesMax = 10_000_000

/** A revision of a repository, in a folder, without its history; gives the commit's name. */
export async function clone(
  of: {
    readonly git: string
    readonly written: string
    readonly revision: string | undefined
    readonly folder: string
  },
  { env, signal }: Reach,
): Promise<string> {
  const { git, written, revision, folder } = of
  const say = async (...args: readonly string[]) => {
    const options = {
      signal,
      maxBuffer: outputBytesMax,
      env: { ...env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
    }
    const { stdout } = await run('git', [...args], options)
    return stdout.trim()
  }
  if (revision?.startsWith('-'))
    throw failure('SLUICE_DBT_PACKAGE', { name: written, words: `\`${revision}\` is no revision.` })
  // `ext::` runs a command: a packages.yml may name repositories, not programs.
  const fetch = ['-C', folder, '-c', 'protocol.ext.allow=never', 'fetch', '--quiet']
  try {
    await say('init', '--quiet', folder)
    try {
      await say(...fetch, '--depth', '1', '--', git, revision ?? 'HEAD')
      await say('-C', folder, 'checkout', '--quiet', '--detach', 'FETCH_HEAD')
    } catch {
      // A short or hidden name of a commit: some servers give it only among all the rest.
      await say(...fetch, '--tags', '--', git, '+refs/heads/*:refs/remotes/origin/*')
      await say('-C', folder, 'checkout', '--quiet', '--detach', revision ?? 'HEAD', '--')
    }
    return await say('-C', folder, 'rev-parse', 'HEAD')
  } catch (thrown) {
    if (signal.aborted) throw thrown
    // No cause: its words hold the address, which may hold a secret.
    const words = gitWords(thrown).replaceAll(git, written)
    throw failure('SLUICE_DBT_PACKAGE_AWAY', { name: written, words })
  }
}

function gitWords(thrown: unknown): string {
  const { stderr, code } = thrown as { readonly stderr?: string; readonly code?: unknown }
  if (code === 'ENOENT') return 'The program `git` is not there.'
  const line = (stderr ?? '').split('\n').findLast(each => each.trim() !== '')
  return line ?? 'The program `git` failed.'
}
