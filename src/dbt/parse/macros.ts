import { failure } from '../../errors/index.ts'
import { blocks } from '../../jinja/index.ts'
import type { MacroFacts, UniqueId } from '../face.ts'
import type { SourceFile } from './source.ts'

/** What begins a macro of each kind, and where its name is made from. */
const kinds: { readonly [tag: string]: (head: string) => string | undefined } = {
  macro: head => /^\s*(\w+)/.exec(head)?.[1],
  test: head => prefixed('test_', /^\s*(\w+)/.exec(head)?.[1]),
  data_test: head => prefixed('test_', /^\s*(\w+)/.exec(head)?.[1]),
  materialization: materializationName,
}

const inMacroFiles = ['macro', 'materialization', 'test', 'data_test'] as const
const inTestFiles = ['test', 'data_test'] as const

function prefixed(prefix: string, name: string | undefined): string | undefined {
  return name === undefined ? undefined : prefix + name
}

/** `{% materialization view, adapter='duckdb' %}` is the macro `materialization_view_duckdb`. */
function materializationName(head: string): string | undefined {
  const [, name] = /^\s*(\w+)/.exec(head) ?? []
  if (name === undefined) return undefined
  const adapter = /,\s*adapter\s*=\s*(['"])(\w+)\1/.exec(head)?.[2]
  return `materialization_${name}_${adapter ?? 'default'}`
}

/** The macros in a file: what stands outside of their blocks is never looked at. */
export function macrosIn(file: SourceFile, holds: 'macros' | 'tests', createdAt: number): MacroFacts[] {
  const tags = holds === 'macros' ? inMacroFiles : inTestFiles
  let taken = 0
  return blocks(file.text, { name: file.originalPath, tags }).map(block => {
    const head = /^\{%[-+]?\s*\w+\s+([^]*?)[-+]?%\}/.exec(block.text)?.[1] ?? ''
    const name = kinds[block.tag]?.(head)
    if (name === undefined)
      throw failure(
        'SLUICE_DBT_MACRO_NAMELESS',
        { tag: block.tag },
        { at: { file: file.originalPath, line: block.line, column: block.column, length: 1 } },
      )
    const { before, after } = spaceOf(file.text, { ...block, taken })
    taken = block.end + after.length
    const line = block.line - (before.split('\n').length - 1)
    return macroOf(file, { name, text: before + block.text + after, tag: block.tag, line }, createdAt)
  })
}

type Place = { readonly text: string; readonly start: number; readonly end: number; readonly taken: number }

/**
 * The white space around a block that its own tags take away. It belongs to the block as dbt cuts it, and a
 * state that dbt left is compared by that text. What the block before has taken is gone.
 */
function spaceOf(whole: string, { text, start, end, taken }: Place): { before: string; after: string } {
  const before = text.startsWith('{%-') ? (/\s*$/.exec(whole.slice(taken, start))?.[0] ?? '') : ''
  const after = text.endsWith('-%}') ? (/^\s*/.exec(whole.slice(end))?.[0] ?? '') : ''
  return { before, after }
}

type Block = { readonly name: string; readonly text: string; readonly tag: string; readonly line: number }

function macroOf(file: SourceFile, { name, text, tag, line }: Block, createdAt: number): MacroFacts {
  return {
    name,
    resource_type: 'macro',
    package_name: file.package.name,
    path: file.originalPath,
    original_file_path: file.originalPath,
    unique_id: `macro.${file.package.name}.${name}`,
    macro_sql: text,
    depends_on: { macros: [] },
    description: '',
    meta: {},
    docs: { show: true, node_color: null },
    config: { meta: {}, docs: { show: true, node_color: null } },
    patch_path: null,
    arguments: [],
    created_at: createdAt,
    supported_languages: tag === 'materialization' ? languagesOf(text) : null,
    line,
  }
}

/** A materialization says which languages it takes: `supported_languages=['sql', 'python']`. */
function languagesOf(text: string): string[] {
  const list = /supported_languages\s*=\s*\[([^\]]*)\]/.exec(text)?.[1]
  return list === undefined ? ['sql'] : [...list.matchAll(/['"](\w+)['"]/g)].map(([, name = '']) => name)
}

/** Add the macros of a file; a second one of a name in a package is an error. */
export function addMacros(macros: Map<UniqueId, MacroFacts>, found: readonly MacroFacts[]): void {
  for (const macro of found) {
    const other = macros.get(macro.unique_id)
    if (other !== undefined)
      throw failure('SLUICE_DBT_TWICE', {
        type: 'macro',
        name: macro.name,
        first: other.original_file_path,
        second: macro.original_file_path,
      })
    macros.set(macro.unique_id, macro)
  }
}
