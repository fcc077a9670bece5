import { type Callable, callable, Dict, raise, str, type Value } from '../../jinja/index.ts'
import { rendered } from '../adapter/relation.ts'
import { RelationValue } from './relation.ts'

/** dbt's kinds of failures that templates raise; a node that meets one ends as an error with these words. */
export function raiseCompilation(words: string): never {
  return raise('CompilationError', words)
}

export type Warn = (words: string) => void

/** `exceptions`: failures and warnings for macros. */
export function exceptionsValue(warn: Warn): Dict {
  const raisingA =
    (kind: string) => (name: string, parameters: string, words: (values: readonly Value[]) => string) =>
      [name, callable(name, parameters, values => raise(kind, words(values)))] as const
  const raising = raisingA('CompilationError')
  const said = ([message = null]: readonly Value[]) => str(message)
  const warned = (
    name: string,
    parameters: string,
    words: (values: readonly Value[]) => string,
  ): [string, Callable] => [
    name,
    callable(name, parameters, values => {
      warn(words(values))
      return ''
    }),
  ]
  return Dict.of([
    raising('raise_compiler_error', 'msg, node=None', said),
    raisingA('DatabaseError')('raise_database_error', 'msg, node=None', said),
    raisingA('NotImplementedError')('raise_not_implemented', 'msg', said),
    raisingA('DependencyError')('raise_dependency_error', 'msg', said),
    raising(
      'raise_dep_not_found',
      'node, node_description, required_pkg',
      ([, what = null, wanted = null]) => {
        return `${str(what)} needs the package ${str(wanted)}, which is not installed.`
      },
    ),
    raisingA('FailFastError')('raise_fail_fast_error', 'msg, node=None', said),
    raising('raise_contract_error', 'yaml_columns, sql_columns', contractWords),
    raising('column_type_missing', 'column_names', ([names = null]) => {
      const all = Array.isArray(names) ? names.map(str).join(', ') : str(names)
      return `A contract needs a data_type for every column, and these have none: ${all}`
    }),
    raising('relation_wrong_type', 'relation, expected_type, model=None', wrongType),
    raising(
      'missing_config',
      'model, name',
      ([, name = null]) => `The configuration \`${str(name)}\` is required.`,
    ),
    raising('missing_materialization', 'materialization, adapter_type', ([name = null, type = null]) => {
      return `There is no materialization \`${str(name)}\` for ${str(type)}.`
    }),
    raising(
      'missing_relation',
      'relation, model=None',
      ([of = null]) => `The relation ${str(of)} does not exist.`,
    ),
    raising('raise_ambiguous_alias', 'node_1, node_2, duped_name=None', ([, , name = null]) => {
      return `Two nodes are built as ${str(name)}.`
    }),
    raising('raise_cache_inconsistent', 'message', said),
    raising('raise_dataclass_not_dict', 'obj', () => 'A mapping was expected.'),
    warned('warn', 'msg, node=None', said),
    warned(
      'warn_snapshot_timestamp_data_types',
      'snapshot_time_data_type, updated_at_data_type',
      ([a = null, b = null]) => {
        const types = `The snapshot's time is of type ${str(a)}, its updated_at of ${str(b)}`
        return `${types}: rows may look changed that are not.`
      },
    ),
  ])
}

function wrongType([of = null, expected = null]: readonly Value[]): string {
  const name = of instanceof RelationValue ? rendered(of.relation) : str(of)
  const type = of instanceof RelationValue ? of.relation.type : null
  const stands = `it currently exists as a ${type ?? 'relation of unknown type'}`
  return `Trying to create ${str(expected)} ${name}, but ${stands}. Drop it, or run with --full-refresh.`
}

/** What a contract promises beside what the query gives, column by column. */
function contractWords([promised = null, given = null]: readonly Value[]): string {
  const types = (columns: Value) =>
    new Map(
      (Array.isArray(columns) ? columns : []).map(column => {
        const of = (field: string) => (column instanceof Dict ? str(column.get(field) ?? '') : '')
        return [of('name').toLowerCase(), { name: of('name'), type: of('data_type') }] as const
      }),
    )
  const [wanted, found] = [types(promised), types(given)]
  const lines: string[] = []
  for (const [key, { name, type }] of wanted) {
    const other = found.get(key)
    if (other === undefined) lines.push(`${name}: the contract has it (${type}), the query does not`)
    else if (other.type !== type) lines.push(`${name}: ${type} by the contract, ${other.type} by the query`)
  }
  for (const [key, { name, type }] of found)
    if (!wanted.has(key)) lines.push(`${name}: the query gives it (${type}), the contract does not have it`)
  return `This model has an enforced contract that its query does not keep.\n${lines.join('\n')}`
}
