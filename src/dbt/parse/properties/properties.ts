import type { YamlObject } from '../../yaml.ts'
import { type Lookups, lookupsOf } from '../lookups.ts'
import { guarded, type Parsing } from '../parsing.ts'
import type { SourceFile } from '../source.ts'
import { entriesIn, type Entry, type List, propertiesIn } from './entries.ts'
import { parseModelPatch } from './models.ts'
import { parsePatch } from './patch.ts'
import { parseMetric, parseSavedQuery, parseSemanticModel } from './semantic.ts'
import {
  parseExposure,
  parseGroup,
  parseMacroPatch,
  parseSingularTestPatch,
  parseYamlSnapshot,
} from './simple.ts'
import { addSource, type SourcePatches, type SourceTable, tablesOf } from './sources.ts'
import { type Fixtures, parseUnitTest } from './unit-tests.ts'

/** What is gathered over all files of properties. */
export type PropertiesWork = {
  /** Built anew when a file has changed names. */
  lookups: Lookups
  readonly fixtures: Fixtures
  /** Sources wait until every package has had its word on them. */
  readonly tables: SourceTable[]
  readonly patches: SourcePatches
}

/** Everything that one file of properties tells, list by list in dbt's order. */
export function parseProperties(parsing: Parsing, file: SourceFile, work: PropertiesWork): void {
  const data = propertiesIn(file)
  if (data === undefined) return
  const each = (list: string, act: (entry: Entry) => void): void =>
    eachEntry(parsing, { file, data, list }, act)
  const renew = (): void => {
    work.lookups = lookupsOf(parsing.manifest)
  }
  const patch = (entry: Entry): void => parsePatch(parsing, work.lookups, entry)
  let renamed = false
  each('models', entry => {
    renamed = parseModelPatch(parsing, work.lookups, entry).renamed || renamed
  })
  if (renamed) renew()
  each('seeds', patch)
  if (
    Array.isArray(data.snapshots) &&
    data.snapshots.some(written => (written as YamlObject | null)?.relation)
  ) {
    each('snapshots', entry => parseYamlSnapshot(parsing, entry))
    renew()
  }
  each('snapshots', patch)
  each('sources', entry => work.tables.push(...tablesOf(entry, work.patches)))
  each('macros', entry => parseMacroPatch(parsing, entry))
  each('data_tests', entry => parseSingularTestPatch(parsing, entry))
  each('analyses', patch)
  each('exposures', entry => parseExposure(parsing, entry))
  each('functions', patch)
  each('metrics', entry => parseMetric(parsing, entry))
  each('groups', entry => parseGroup(parsing, entry))
  each('semantic_models', entry => parseSemanticModel(parsing, entry))
  each('unit_tests', entry => parseUnitTest(parsing, entry, work))
  each('saved_queries', entry => parseSavedQuery(parsing, entry))
}

/** One entry that is wrong does not hide the others. */
function eachEntry(parsing: Parsing, { file, data, list }: List, act: (entry: Entry) => void): void {
  if (data[list] === undefined || data[list] === null) return
  for (const entry of entriesIn(parsing, { file, data, list }))
    guarded(parsing, file.originalPath, () => act(entry))
}

/** Sources come last, when all packages have said what they override. */
export function addSources(parsing: Parsing, { tables, patches }: PropertiesWork): void {
  for (const table of tables)
    guarded(parsing, table.entry.at.file.originalPath, () => addSource(parsing, table, patches))
}
