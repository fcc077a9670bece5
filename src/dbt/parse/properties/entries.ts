import { failure } from '../../../errors/index.ts'
import { isLateIn, renderTree } from '../../project/render.ts'
import { isObject, loadYaml, locateYaml, type Yaml, type YamlObject } from '../../yaml.ts'
import type { Parsing } from '../parsing.ts'
import type { SourceFile } from '../source.ts'

/** One thing that a file of properties tells of, rendered, and as it was written. */
export type Entry = { readonly said: YamlObject; readonly written: YamlObject; readonly at: EntryPlace }
export type EntryPlace = { readonly file: SourceFile; readonly list: string; readonly index: number }

/** What a file of properties holds, by the lists in it; undefined: nothing. */
export function propertiesIn(file: SourceFile): YamlObject | undefined {
  const read = loadYaml(file.text, { path: file.originalPath })
  if (read === null) return undefined
  if (!isObject(read))
    throw failure('SLUICE_DBT_PROPERTIES', { path: file.originalPath, words: 'The file holds no mapping.' })
  return read
}

/** A list of a file of properties, such as `models`. */
export type List = { readonly file: SourceFile; readonly data: YamlObject; readonly list: string }

/** Its entries. */
export function entriesIn(parsing: Parsing, { file, data, list }: List): Entry[] {
  const written = data[list]
  if (written === undefined) return []
  if (!Array.isArray(written)) throw invalid(file, [list], `\`${list}\` must be a list.`)
  const isLate = isLateIn(list)
  const render = parsing.templates.properties(file.package.name, file.originalPath)
  return written.map((item: Yaml, index) => {
    if (!isObject(item)) throw invalid(file, [list, index], `An entry of \`${list}\` must be a mapping.`)
    if (!('name' in item)) throw invalid(file, [list, index], `An entry of \`${list}\` has no \`name\`.`)
    const said = renderTree(item, render, isLate) as YamlObject
    return { said, written: item, at: { file, list, index } }
  })
}

/** A failure at a place of a file of properties. */
function invalid(file: SourceFile, keys: readonly (string | number)[], words: string): Error {
  const found = locateYaml(file.text, keys) ?? { line: 1, column: 1 }
  const at = { file: file.originalPath, ...found, length: 1 }
  return failure('SLUICE_DBT_PROPERTIES', { path: file.originalPath, words }, { at })
}

export function invalidEntry({ at }: Entry, words: string, ...keys: readonly (string | number)[]): Error {
  return invalid(at.file, [at.list, at.index, ...keys], words)
}

/**
 * An option that may stand at the top of an entry is moved into its `config`; at both places it is an error.
 */
export function intoConfig(entry: Entry, names: readonly string[]): YamlObject {
  const { said } = entry
  const config: YamlObject = isObject(said.config) ? { ...said.config } : {}
  for (const name of names) {
    if (!(name in said)) continue
    if (name in config) throw invalidEntry(entry, `\`${name}\` stands in \`config\` and beside it too.`, name)
    config[name] = said[name] as Yaml
  }
  return config
}

/** Tests under their new name, `data_tests`, or their old one. */
export function testsOf(of: YamlObject, fail: (words: string) => Error): readonly Yaml[] {
  const { tests, data_tests: data } = of
  const has = (list: Yaml | undefined): boolean => Array.isArray(list) && list.length > 0
  if (has(tests) && 'data_tests' in of) throw fail('Tests stand under `tests` and under `data_tests`.')
  const written = has(tests) ? tests : data
  if (written === undefined || written === null) return []
  if (!Array.isArray(written)) throw fail('`data_tests` must be a list.')
  return written
}
