import {
  type Filter,
  Float,
  HOST,
  type Host,
  type Language,
  language,
  literalOf,
  raise,
  str,
  Tuple,
  type Undefined,
  type UndefinedKind,
  undefinedKinds,
  type Value,
} from '../jinja/index.ts'

/** Jinja as dbt's projects write it. */
export type Languages = {
  /** Code while it is parsed: whatever is done with a name that is not there is nothing. */
  readonly parsing: Language
  /** Code that is carried out. */
  readonly running: Language
  /** Texts of YAML files: a single expression keeps its type. */
  readonly yaml: Language
  /** Arguments of generic tests while they are parsed. */
  readonly argumentsParsing: Language
}

/** Python's name of the class, and nothing is ever wrong with it but arithmetic. */
const anything: UndefinedKind = {
  ...undefinedKinds.lenient,
  name: 'Undefined',
  member: (self: Undefined) => self,
  call: (self: Undefined) => self,
}

const tags = new Map([
  ['test', { head: 'signature', macro: (name: string) => `test_${name}` } as const],
  ['data_test', { head: 'signature', macro: (name: string) => `test_${name}` } as const],
  ['materialization', { head: 'options', macro: materializationName } as const],
  ['snapshot', { head: 'name', macro: (name: string) => `snapshot_${name}` } as const],
  ['docs', { head: 'name', macro: (name: string) => `docs_${name}` } as const],
])

function materializationName(name: string, options: ReadonlyMap<string, Value>): string {
  const adapter = options.get('adapter')
  return `materialization_${name}_${typeof adapter === 'string' ? adapter : 'default'}`
}

const conversions = ['as_text', 'as_native', 'as_bool', 'as_number'] as const

export function dbtLanguages(): Languages {
  const isList: Filter = (_, [value = null]) => Array.isArray(value) && !(value instanceof Tuple)
  const plain = new Map<string, Filter>(
    conversions.map(name => [name, (_: unknown, [value = null]: readonly Value[]) => value]),
  )
  const marking = new Map<string, Filter>(
    conversions.map(name => [
      name,
      (_: unknown, [value = null]: readonly Value[]) => new Marked(name, str(value)),
    ]),
  )
  for (const filters of [plain, marking]) filters.set('is_list', isList)
  const code = { tags, filters: plain }
  const native = { tags, filters: marking, join }
  return {
    parsing: language({ ...code, undefined: anything }),
    running: language(code),
    yaml: language(native),
    argumentsParsing: language({ ...native, undefined: anything }),
  }
}

/** A text, and what it is to become when it is all that a template gives. */
class Marked implements Host {
  readonly [HOST] = markedHost
  readonly as: (typeof conversions)[number]
  readonly text: string
  constructor(as: Marked['as'], text: string) {
    this.as = as
    this.text = text
  }
}

const markedHost = {
  name: 'str',
  attribute: () => undefined,
  str: ({ text }: Marked) => text,
  truth: ({ text }: Marked) => text !== '',
  equal: ({ text }: Marked, other: Value) => (other instanceof Marked ? other.text === text : other === text),
}

/** One value is itself; several are a text, whatever it reads as. */
function join(values: readonly Value[]): Value {
  const [only] = values
  if (only === undefined) return ''
  if (values.length > 1) return values.map(str).join('')
  if (!(only instanceof Marked)) return only
  if (only.as === 'as_text') return only.text
  const value = literalOf(only.text) ?? only.text
  if (only.as === 'as_bool' && typeof value !== 'boolean') return unconverted(only.text, 'bool')
  if (only.as === 'as_number' && !isNumber(value)) return unconverted(only.text, 'number')
  return value
}

function isNumber(value: Value): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Float
}

function unconverted(text: string, type: string): never {
  return raise('JinjaRenderingError', `Could not convert value '${text}' into type '${type}'`)
}
