import { Dict, truth, iterate, str, type Value } from '../../jinja/index.ts'

/** `"id" integer not null primary key` for each column of a contract, as `create table` takes it. */
export function constraintTexts(columns: Value): Value[] {
  if (!(columns instanceof Dict)) return []
  return Array.from(columns.values(), column => {
    const of = (field: string) => (column instanceof Dict ? (column.get(field) ?? null) : null)
    const name = truth(of('quote')) ? `"${str(of('name'))}"` : str(of('name'))
    const constraints = listOf(of('constraints')).flatMap(columnConstraint)
    return [`${name} ${str(of('data_type'))}`, ...constraints].join(' ')
  })
}

/** Constraints over several columns, as they stand behind those. */
export function modelConstraintTexts(constraints: Value): Value[] {
  return listOf(constraints).flatMap(modelConstraint)
}

function listOf(value: Value): readonly Value[] {
  return value === null ? [] : [...iterate(value)]
}

type Constraint = {
  readonly type: string
  readonly expression: string
  readonly name: string
  readonly to: string
  readonly toColumns: string
  readonly columns: string
}

function constraintOf(value: Value): Constraint {
  const of = (field: string): Value => (value instanceof Dict ? (value.get(field) ?? null) : null)
  const texts = (field: string) =>
    listOf(of(field))
      .map(each => str(each))
      .join(', ')
  const text = (field: string) => (of(field) === null ? '' : str(of(field)))
  return {
    type: text('type'),
    expression: text('expression'),
    name: text('name'),
    to: withoutDatabase(text('to')),
    toColumns: texts('to_columns'),
    columns: texts('columns'),
  }
}

/** DuckDB takes no database in front of what a foreign key points to, even if it is the current one. */
function withoutDatabase(to: string): string {
  const pieces = to.split('.')
  return pieces.length > 2 ? pieces.slice(1).join('.') : to
}

function columnConstraint(value: Value): string[] {
  const { type, expression, to, toColumns } = constraintOf(value)
  const more = expression === '' ? '' : ` ${expression}`
  switch (type) {
    case 'check':
      return expression === '' ? [] : [`check (${expression})`]
    case 'not_null':
      return [`not null${more}`]
    case 'unique':
      return [`unique${more}`]
    case 'primary_key':
      return [`primary key${more}`]
    case 'foreign_key':
      return [to !== '' && toColumns !== '' ? `references ${to} (${toColumns})` : `references ${expression}`]
    default:
      return expression === '' ? [] : [expression]
  }
}

function modelConstraint(value: Value): string[] {
  const { type, expression, name, to, toColumns, columns } = constraintOf(value)
  const named = name === '' ? '' : `constraint ${name} `
  const more = expression === '' ? '' : ` ${expression}`
  switch (type) {
    case 'check':
      return expression === '' ? [] : [`${named}check (${expression})`]
    case 'unique':
      return [`${named}unique${more} (${columns})`]
    case 'primary_key':
      return [`${named}primary key${more} (${columns})`]
    case 'foreign_key':
      return [
        to !== '' && toColumns !== ''
          ? `${named}foreign key (${columns}) references ${to} (${toColumns})`
          : `${named}foreign key (${columns}) references ${expression}`,
      ]
    default:
      return expression === '' ? [] : [`${named}${expression}`]
  }
}
