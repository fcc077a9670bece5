import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dbtVersion, isObject, loadYaml, wantedPackages, type YamlObject } from '../../../dbt/index.ts'
import { failure } from '../../../errors/index.ts'
import type { Opened } from '../opened.ts'
import { clone, download, fromHub, type HubPackage, type Reach } from './fetching.ts'
import { unpack } from './archive.ts'
import { accepts, boundOf, newest } from './versions.ts'
import { type Wanted, wantedOf } from './wanted.ts'

/** A package at one version, and the name that its own project has. */
export type Pin = {
  readonly name: string
  readonly version: string
  /** As package-lock.yml keeps it, without the name. */
  readonly entry: YamlObject
  /** A newer version that would be allowed. */
  readonly newer?: string | undefined
  /** Put it into a folder, or say where it lies already. */
  readonly bring: (folder: string) => Promise<{ readonly linked: string } | undefined>
  /** What it asks for itself. */
  readonly wants: readonly Wanted[]
}

export type Pinning = Reach & {
  readonly rooms: Opened
  /** A folder for what is fetched, which the caller removes. */
  readonly scratch: string
  readonly warn: (words: string) => void
}

/**
 * Fetch as much of a package as tells its name and what it asks for. Several wishes for one package are met
 * together.
 */
export async function pinned(wishes: readonly Wanted[], pinning: Pinning): Promise<Pin> {
  const [first] = wishes
  if (first?.kind === 'hub') return hubPin(first.name, wishes, pinning)
  if (first?.kind === 'git') return gitPin(first, wishes, pinning)
  if (first?.kind === 'local') return localPin(first.path, pinning)
  if (first?.kind === 'tarball') return tarballPin(first, pinning)
  throw failure('SLUICE_INTERNAL', { doing: 'resolving packages', words: 'no wish' })
}

async function hubPin(name: string, wishes: readonly Wanted[], pinning: Pinning): Promise<Pin> {
  const hubs = wishes.flatMap(wish => (wish.kind === 'hub' ? [wish] : []))
  const bounds = hubs.flatMap(({ versions }) => versions).map(boundOf)
  const { versions } = await fromHub(name, pinning)
  const fitting = Object.keys(versions).filter(version => suits(versions[version]?.require_dbt_version))
  const prereleases = hubs.some(wish => wish.prereleases)
  const version = newest(fitting, bounds, prereleases)
  const facts = version === undefined ? undefined : versions[version]
  const url = facts?.downloads?.tarball
  if (version === undefined || facts === undefined || url === undefined)
    throw failure('SLUICE_DBT_PACKAGE', {
      name,
      words:
        `No version is ${bounds.map(bound => `${bound.operator}${bound.version.text}`).join(', ')}; ` +
        `there are ${fitting.slice(-5).join(', ')}.`,
    })
  const latest = newest(fitting, [], prereleases)
  return {
    name: facts.name ?? name.split('/')[1] ?? name,
    version,
    newer: latest === version ? undefined : latest,
    entry: { package: name, version },
    wants: wantsOf(facts),
    bring: async folder => {
      unpack(await download(url, name, pinning), folder, name)
      return undefined
    },
  }
}

function wantsOf({ packages = [] }: HubPackage['versions'][string]): readonly Wanted[] {
  return packages.filter(isObject).map(rendered => wantedOf({ rendered }))
}

/** Whether a version works with the dbt whose outcomes are given here; what cannot be read does. */
function suits(required: unknown): boolean {
  const texts = (Array.isArray(required) ? required : [required]).filter(
    each => typeof each === 'string',
  ) as string[]
  const { version } = boundOf(dbtVersion)
  return texts
    .flatMap(text => text.split(','))
    .every(text => {
      try {
        return accepts(boundOf(text), version)
      } catch {
        // An old form of a bound: the package says what it needs again when it is read.
        return true
      }
    })
}

async function gitPin(
  wish: Extract<Wanted, { kind: 'git' }>,
  wishes: readonly Wanted[],
  pinning: Pinning,
): Promise<Pin> {
  const { git, written, subdirectory, revision } = wish
  const revisions = new Set(wishes.flatMap(each => (each.kind === 'git' ? [each.revision ?? 'HEAD'] : [])))
  const words = `It is asked for at several revisions: ${[...revisions].join(', ')}.`
  if (revisions.size > 1) throw failure('SLUICE_DBT_PACKAGE', { name: written, words })
  const isOpen = revision === undefined || ['HEAD', 'main', 'master'].includes(revision)
  if (isOpen && wish.warns)
    pinning.warn(`The package ${written} is not pinned: name a \`revision\`, or what is built may change.`)
  const checkout = join(pinning.scratch, keyed(`${git} ${revision ?? ''}`))
  const from = /^\.{1,2}\//.test(git) ? resolve(pinning.rooms.root, git) : git
  const commit = await clone({ git: from, written, revision, folder: checkout }, pinning)
  const home = subdirectory === undefined ? checkout : resolve(checkout, subdirectory)
  return {
    name: projectName(home, written),
    version: commit,
    entry: { git: written, revision: commit, ...(subdirectory !== undefined && { subdirectory }) },
    wants: wantsIn(home, pinning),
    bring: async folder => {
      cpSync(home, folder, { recursive: true, filter: path => basename(path) !== '.git' })
      return undefined
    },
  }
}

function localPin(path: string, pinning: Pinning): Pin {
  const home = resolve(pinning.rooms.root, path)
  return {
    name: projectName(home, path),
    version: 'local',
    entry: { local: path },
    wants: wantsIn(home, pinning),
    bring: async () => ({ linked: home }),
  }
}

async function tarballPin(
  { url, name }: Extract<Wanted, { kind: 'tarball' }>,
  pinning: Pinning,
): Promise<Pin> {
  const home = join(pinning.scratch, keyed(url))
  const packed = url.startsWith('file://')
    ? readFileSync(fileURLToPath(url))
    : await download(url, name, pinning)
  unpack(packed, home, name)
  return {
    name: projectName(home, name),
    version: 'tarball',
    entry: { tarball: url },
    wants: wantsIn(home, pinning),
    bring: async folder => {
      cpSync(home, folder, { recursive: true })
      return undefined
    },
  }
}

function keyed(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function projectName(folder: string, called: string): string {
  const path = join(folder, 'dbt_project.yml')
  const read = existsSync(path) ? loadYaml(readFileSync(path, 'utf8'), { path }) : undefined
  if (isObject(read) && typeof read.name === 'string' && /^\w+$/.test(read.name)) return read.name
  throw failure('SLUICE_DBT_PACKAGE', {
    name: called,
    words: 'There is no dbt_project.yml with a `name` in it.',
  })
}

function wantsIn(folder: string, { rooms: { options, settings, languages } }: Pinning): readonly Wanted[] {
  return wantedPackages(folder, { env: options.env, vars: settings.mapping('vars'), languages }).map(wantedOf)
}
