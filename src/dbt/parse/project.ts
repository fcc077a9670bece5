import { join } from 'node:path'
import { dbtVersion } from '../context/builtins.ts'
import { targetValue } from '../context/target.ts'
import type { Manifest, Problem, Profile } from '../face.ts'
import { type Project, projectFile } from '../project/project.ts'
import { readSelectors } from '../project/selectors.ts'
import { textOf } from '../project/walk.ts'
import { baseMembers, type World } from './context.ts'
import { parseFiles } from './files.ts'
import { sha256 } from './hash.ts'
import { macroIndex } from './macro-index.ts'
import { isSameEnv, macrosHash, memorize, type Memory, remember } from './memory.ts'
import { metadataOf, packagesOf, parsingOf, profileOf, worldOf } from './opening.ts'
import { packed } from './packed.ts'
import type { Packages } from './packages.ts'
import type { Parsing } from './parsing.ts'
import { fileRenderer } from './renderers.ts'
import type { Parsed, ParseRequest } from './request.ts'
import { findFiles, readFiles, signatureOf } from './source.ts'

export type { Parsed, ParseRequest }

/** Changes whenever what a parse leaves would be read otherwise. */
const memoryVersion = 1

/**
 * From a project's folder to its manifest. What is wrong with single files is in `problems`; only what ends
 * all is thrown. Of what the last parse left nothing is done again that would come out the same.
 */
export function parseProject(request: ParseRequest): Parsed {
  const problems: Problem[] = []
  const env = new Map<string, string | undefined>()
  const world = worldOf(request, { problems, env })
  const profile = profileOf(request, world)
  const seeing: World = { ...world, target: targetValue(profile) }
  const packages = packagesOf(request, seeing, problems)
  const selectors = selectorsOf(request, seeing, packages)
  const found = new Map([...packages.all].map(([name, project]) => [name, findFiles(project)]))
  const signature = [...found].map(([name, files]) => `${name}\n${signatureOf(files)}`).join('\n')
  const fingerprint = fingerprintOf(request, { packages, profile, selectors })
  const memory = memoryOf(request, fingerprint)
  for (const [name, value] of memory?.env ?? []) env.set(name, value ?? undefined)
  const whole = { project: packages.root, packages, profile, env }
  if (memory?.signature === signature)
    return { ...whole, ...remembered(request, { packages, profile, memory }) }
  const files = new Map(
    [...found].map(([name, each]) => [name, readFiles(packageNamed(packages, name), each)]),
  )
  const parsing = parsingOf(request, { packages, profile, world: seeing, problems, files, memory })
  parseFiles(parsing, files)
  const { manifest, macros } = parsing
  Object.assign(manifest, { selectors })
  Object.assign(manifest.metadata, metadataOf(request, parsing))
  keep(request, parsing, { fingerprint, signature, env })
  return { ...whole, manifest, problems, macros }
}

function selectorsOf(
  { languages, vars }: ParseRequest,
  world: World,
  { root }: Packages,
): Manifest['selectors'] {
  const base = baseMembers(world)
  return readSelectors(
    root.root,
    fileRenderer({ language: languages.yaml, base, cli: vars, path: 'selectors.yml' }),
  )
}

function packageNamed({ all, root }: Packages, name: string): Project {
  return all.get(name) ?? root
}

/** What the last parse left, where it still holds. */
function memoryOf({ memoryPath, env }: ParseRequest, fingerprint: string): Memory | undefined {
  const memory = memoryPath === undefined ? undefined : remember(memoryPath)
  return memory?.fingerprint === fingerprint && isSameEnv(memory, env) ? memory : undefined
}

type Remembered = { readonly packages: Packages; readonly profile: Profile; readonly memory: Memory }

/** No file has changed: the manifest is the same, but for the run that asks for it. */
function remembered(request: ParseRequest, { packages, profile, memory }: Remembered) {
  const { manifest, problems } = memory
  const { root, builtins } = packages
  Object.assign(manifest.metadata, metadataOf(request, { root, profile }))
  return { manifest, problems, macros: macroIndex(manifest.macros, root.name, builtins) }
}

type Known = {
  readonly packages: Packages
  readonly profile: Profile
  readonly selectors: Manifest['selectors']
}

/** All that a parse depends on beside the files of the packages. */
function fingerprintOf(request: ParseRequest, { packages, profile, selectors }: Known): string {
  const { vars, flags } = request
  const projects = [...packages.all.values()].map(({ root }) => [root, textOf(join(root, projectFile))])
  const { threads: _, ...target } = profile
  return sha256(packed([memoryVersion, dbtVersion, vars, flags.storeFailures, target, selectors, projects]))
}

type Keeping = {
  readonly fingerprint: string
  readonly signature: string
  readonly env: ReadonlyMap<string, string | undefined>
}

/** A project in which something is wrong is parsed anew the next time. */
function keep(
  { memoryPath }: ParseRequest,
  parsing: Parsing,
  { fingerprint, signature, env }: Keeping,
): void {
  const { manifest, problems, captures } = parsing
  if (memoryPath === undefined || problems.some(({ severity }) => severity === 'error')) return
  memorize(memoryPath, {
    fingerprint,
    signature,
    macros: macrosHash(manifest.macros.values()),
    env: [...env].map(([name, value]) => [name, value ?? null] as const),
    captured: captures.now,
    calls: new Map([...manifest.macros].map(([id, { depends_on: on }]) => [id, on.macros])),
    manifest,
    problems,
  })
}
