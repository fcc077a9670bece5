import { failure, near } from '../../errors/index.ts'
import type { Yaml, YamlObject } from '../yaml.ts'

/** How tests come along with what they look at. */
export const indirectModes = ['eager', 'cautious', 'buildable', 'empty'] as const
export type Indirect = (typeof indirectModes)[number]

/** One thing that is asked for: what is found, and which of its relatives. */
export type Criterion = {
  /** As it was written, for words. */
  readonly raw: string
  readonly method: MethodName
  /** `materialized` of `config.materialized`. */
  readonly names: readonly string[]
  readonly value: Yaml
  /** `@`: also what reads it, and all that those read. */
  readonly childrensParents: boolean
  /** How many steps up and down; undefined: none. */
  readonly up: number | undefined
  readonly down: number | undefined
  readonly indirect: Indirect
}

export const methodNames = [
  'fqn',
  'tag',
  'group',
  'access',
  'source',
  'path',
  'file',
  'package',
  'config',
  'test_name',
  'test_type',
  'resource_type',
  'state',
  'exposure',
  'metric',
  'result',
  'source_status',
  'version',
  'semantic_model',
  'saved_query',
  'unit_test',
] as const
export type MethodName = (typeof methodNames)[number]

const form = new RegExp(
  [
    '^(?<childrens_parents>@)?(?<parents>(?<parents_depth>\\d*)\\+)?',
    '(?:(?<method>[\\w.]+):)?(?<value>.*?)',
    '(?<children>\\+(?<children_depth>\\d*))?$',
  ].join(''),
)

const flags = ['childrens_parents', 'parents', 'children']
const fields = [
  'childrens_parents',
  'parents',
  'parents_depth',
  'method',
  'value',
  'children',
  'children_depth',
]

/** `+tag:nightly` in its parts, as `selectors.yml` writes them out and the manifest holds them. */
export function criterionParts(text: string): YamlObject {
  const groups = form.exec(text)?.groups
  if (!groups)
    throw failure('SLUICE_DBT_SELECTION', { expression: text, words: 'It has more than one line.' })
  const parts: YamlObject = {}
  for (const name of fields) {
    const part = name === 'method' ? (groups.method ?? methodOf(groups.value ?? '')) : groups[name]
    if (part === undefined || part === '') continue
    parts[name] = flags.includes(name) ? true : part
  }
  return parts
}

/** What a bare value names: a path, a file, or a part of a resource's names. */
function methodOf(value: string): MethodName {
  if (value.includes('/')) return 'path'
  return /\.(?:sql|py|csv)$/i.test(value) ? 'file' : 'fqn'
}

/** The same from a word of the command line. */
export function criterionOf(text: string, indirect: Indirect): Criterion {
  // A word may name nothing, as `tag:` does: then nothing is found.
  return criterionFrom({ value: '', ...criterionParts(text) }, { raw: text, indirect })
}

/** The same from its parts. */
export function criterionFrom(
  parts: YamlObject,
  { raw, indirect }: { readonly raw: string; readonly indirect: Indirect },
): Criterion {
  const refused = (words: string) => failure('SLUICE_DBT_SELECTION', { expression: raw, words })
  const [method = '', ...names] = String(parts.method).split('.')
  if (!isMethod(method))
    throw failure('SLUICE_DBT_SELECTION_METHOD', {
      expression: raw,
      method,
      near: near(method, methodNames),
      known: methodNames,
    })
  const { value, childrens_parents: at, children, parents } = parts
  if (value === undefined) throw refused('It has no `value`.')
  if (children && at) throw refused('`@` in front and `+` behind do not go together.')
  const mode = parts.indirect_selection ?? indirect
  if (!isIndirect(mode))
    throw refused(`\`indirect_selection\` is one of ${indirectModes.join(', ')}, not ${String(mode)}.`)
  return {
    raw,
    method,
    names,
    value,
    childrensParents: Boolean(at),
    up: parents ? depthOf(parts.parents_depth, refused) : undefined,
    down: children ? depthOf(parts.children_depth, refused) : undefined,
    indirect: mode,
  }
}

function isMethod(name: string): name is MethodName {
  return (methodNames as readonly string[]).includes(name)
}

function isIndirect(mode: unknown): mode is Indirect {
  return (indirectModes as readonly unknown[]).includes(mode)
}

/** Nothing, and the number 0, is no limit; the text `0` is one. */
function depthOf(written: Yaml | undefined, refused: (words: string) => Error): number {
  if (!written) return Number.POSITIVE_INFINITY
  const depth = Number(written)
  if (!Number.isInteger(depth)) throw refused(`A depth is a whole number, not ${String(written)}.`)
  return depth
}
