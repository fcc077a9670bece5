import { join } from 'node:path'
import type { MacroFacts, Manifest, Node, UniqueId } from '../face.ts'
import { type Project, projectFile } from '../project/project.ts'
import { textOf } from '../project/walk.ts'
import type { Yaml } from '../yaml.ts'
import {
  parseAnalysis,
  parseDocs,
  parseFunction,
  parseHooks,
  parseModel,
  parseSeed,
  parseSingularTest,
  parseSnapshots,
} from './code.ts'
import { describeAll, checkNodes, inferPrimaryKeys, resolveUnitTests, sortDisabled } from './finish.ts'
import { parseFixture } from './fixtures.ts'
import { lookupsOf } from './lookups.ts'
import { sha256 } from './hash.ts'
import { guarded, type Parsing } from './parsing.ts'
import { addSources, parseProperties, type PropertiesWork } from './properties/properties.ts'
import { checkCycles } from './cycles.ts'
import { resolveAll } from './resolve.ts'
import { type PackageFiles, type SourceFile, stripped } from './source.ts'

/**
 * Parse all files of all packages into the manifest: code first, then properties, then what depends on what.
 */
export function parseFiles(parsing: Parsing, files: ReadonlyMap<string, PackageFiles>): void {
  for (const each of files.values()) parseCode(parsing, each)
  for (const project of parsing.packages.values())
    guarded(parsing, projectFile, () => parseHooks(parsing, projectFileOf(project)))
  parseAllProperties(parsing, files)
  sortDisabled(parsing)
  const lookups = lookupsOf(parsing.manifest)
  resolveAll(parsing, lookups)
  resolveUnitTests(parsing, lookups)
  describeAll(parsing)
  inferPrimaryKeys(parsing.manifest)
  checkNodes(parsing)
  guarded(parsing, projectFile, () => checkCycles(parsing.manifest))
}

function parseCode(parsing: Parsing, files: PackageFiles): void {
  const kinds: readonly (readonly [readonly SourceFile[], (parsing: Parsing, file: SourceFile) => void])[] = [
    [files.models, parseModel],
    [files.snapshots, parseSnapshots],
    [files.analyses, parseAnalysis],
    [files.tests, parseSingularTest],
    [files.seeds, parseSeed],
    [files.docs, parseDocs],
    [files.functions, parseFunction],
  ]
  for (const [all, parse] of kinds)
    for (const file of all) guarded(parsing, file.originalPath, () => parse(parsing, file))
}

/** Hooks stand in the project's own file. */
function projectFileOf(project: Project): SourceFile {
  const text = stripped(textOf(join(project.root, projectFile)) ?? '')
  const checksum = { name: 'sha256', checksum: sha256(text) } as const
  return { package: project, originalPath: `./${projectFile}`, path: projectFile, text, checksum }
}

function parseAllProperties(parsing: Parsing, files: ReadonlyMap<string, PackageFiles>): void {
  const fixtures = new Map<string, Yaml>()
  for (const each of files.values())
    for (const file of each.fixtures) guarded(parsing, file.originalPath, () => parseFixture(file, fixtures))
  const work: PropertiesWork = {
    lookups: lookupsOf(parsing.manifest),
    fixtures,
    tables: [],
    patches: new Map(),
  }
  for (const each of files.values())
    for (const file of each.properties)
      guarded(parsing, file.originalPath, () => parseProperties(parsing, file, work))
  addSources(parsing, work)
}

export function emptyManifest(macros: Map<UniqueId, MacroFacts>): Manifest {
  return {
    metadata: {},
    nodes: new Map<UniqueId, Node>(),
    sources: new Map(),
    macros,
    docs: new Map(),
    exposures: new Map(),
    metrics: new Map(),
    groups: new Map(),
    selectors: {},
    disabled: new Map(),
    semantic_models: new Map(),
    saved_queries: new Map(),
    unit_tests: new Map(),
    functions: new Map(),
  }
}
