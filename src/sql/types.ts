import { tokenize } from './tokens.ts'

/** Other names of DuckDB's types → the one that it prints itself (duckdb_types(), 1.5). */
const aliases: { readonly [alias: string]: string } = {
  BIGINT: 'BIGINT',
  INT8: 'BIGINT',
  LONG: 'BIGINT',
  INT64: 'BIGINT',
  INT: 'INTEGER',
  INT4: 'INTEGER',
  SIGNED: 'INTEGER',
  INTEGRAL: 'INTEGER',
  INT32: 'INTEGER',
  SMALLINT: 'SMALLINT',
  INT2: 'SMALLINT',
  SHORT: 'SMALLINT',
  INT16: 'SMALLINT',
  TINYINT: 'TINYINT',
  INT1: 'TINYINT',
  INT128: 'HUGEINT',
  UINT8: 'UTINYINT',
  UINT16: 'USMALLINT',
  UINT32: 'UINTEGER',
  UINT64: 'UBIGINT',
  STRING: 'VARCHAR',
  TEXT: 'VARCHAR',
  CHAR: 'VARCHAR',
  BPCHAR: 'VARCHAR',
  NVARCHAR: 'VARCHAR',
  FLOAT8: 'DOUBLE',
  REAL: 'FLOAT',
  FLOAT4: 'FLOAT',
  NUMERIC: 'DECIMAL',
  DEC: 'DECIMAL',
  BOOL: 'BOOLEAN',
  LOGICAL: 'BOOLEAN',
  BYTEA: 'BLOB',
  BINARY: 'BLOB',
  VARBINARY: 'BLOB',
  BITSTRING: 'BIT',
  DATETIME: 'TIMESTAMP',
  TIMESTAMP_US: 'TIMESTAMP',
  TIMESTAMPTZ: 'TIMESTAMP WITH TIME ZONE',
  TIMETZ: 'TIME WITH TIME ZONE',
  GUID: 'UUID',
  ROW: 'STRUCT',
}

/**
 * A type as people write it → as DuckDB prints it: `int` → `INTEGER`, `decimal(10, 2)[]` → `DECIMAL(10,2)[]`.
 * Field names of a STRUCT and values of an ENUM stay as they are. What is no type comes back in upper case.
 */
export function normalType(written: string): string {
  const tokens = tokenize(written).filter(token => token.kind !== 'comment')
  let out = ''
  tokens.forEach(({ kind, text }, at) => {
    const [before, after] = [tokens[at - 1], tokens[at + 1]]
    const inStruct = before?.text === '(' || before?.text === ','
    const field = inStruct && after !== undefined && (after.kind === 'word' || after.kind === 'quoted')
    const word = kind === 'word' && !field ? named(text, after?.text === '(') : text
    const spaced = before !== undefined && /[\w"')\]]$/.test(before.text) && !/^[([,)\]]/.test(text)
    const listed = before?.text === ',' && kind !== 'number'
    out += (spaced || listed ? ' ' : '') + word
  })
  return out.replaceAll(/\bVARCHAR\(\d+\)/g, 'VARCHAR').replaceAll(/\bDECIMAL\((\d+)\)/g, 'DECIMAL($1,0)')
}

function named(word: string, hasArguments: boolean): string {
  const upper = word.toUpperCase()
  const name = aliases[upper] ?? upper
  // The engine's default width and scale.
  return name === 'DECIMAL' && !hasArguments ? 'DECIMAL(18,3)' : name
}
