import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { blocks } from '../../jinja/index.ts'
import { dbtLanguages } from '../language.ts'

const here = import.meta.dirname
const { running } = dbtLanguages()

type Written = { readonly id: string; readonly path: string; readonly text: string; readonly line: number }

/**
 * Every macro, generic test and materialization of a built-in package, under the name by which it is
 * called.
 */
function written(packageName: string): readonly Written[] {
  const paths = globSync(`${packageName}/{macros,tests}/**/*.sql`, { cwd: here }).toSorted()
  return paths.flatMap(path => {
    const file = readFileSync(join(here, path), 'utf8')
    const found = blocks(file, { name: path, tags: ['macro', 'test', 'materialization'] })
    return found.flatMap(({ text, line }) =>
      running
        .compile(text, { name: path, line })
        .macros.map(({ name }) => ({ id: `macro.${packageName}.${name}`, path, text, line })),
    )
  })
}

const all = ['dbt', 'dbt_duckdb'].flatMap(written)
const ids = new Set(all.map(({ id }) => id))

describe('the built-in packages', () => {
  it('compile, and write no macro twice', () => {
    expect(all.length).toBe(ids.size)
    expect(all.length).toBeGreaterThan(500)
  })

  it('have every macro that dbt-core 1.11 lists in its manifest', () => {
    const path = join(here, '../../../../shared/fixtures/dbt/jsd.json.gz')
    const { macros } = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as { macros: string[] }
    const wanted = macros.filter(id => /^macro\.dbt(_duckdb)?\./.test(id))
    expect(wanted).toHaveLength(502)
    expect(wanted.filter(id => !ids.has(id))).toEqual([])
  })

  it('have a default for every name that `dbt` dispatches', () => {
    const dispatched = all.flatMap(({ path, text }) =>
      [...text.matchAll(/adapter\.dispatch\('(\w+)', 'dbt'\)/g)].map(([, name]) => ({ path, name })),
    )
    const missing = dispatched.filter(
      ({ name }) => !ids.has(`macro.dbt.default__${name}`) && !ids.has(`macro.dbt_duckdb.default__${name}`),
    )
    expect(missing).toEqual([])
  })

  it('override in `dbt_duckdb` only what is dispatched or stands in `dbt`', () => {
    const overrides = all.filter(({ id }) => id.startsWith('macro.dbt_duckdb.duckdb__'))
    const names = overrides.map(({ id }) => id.replace('macro.dbt_duckdb.duckdb__', ''))
    const own = names.filter(name => !ids.has(`macro.dbt.${name}`) && !ids.has(`macro.dbt_duckdb.${name}`))
    expect(own.toSorted()).toEqual([
      'alter_table_set_partitioned_by',
      'alter_table_set_sorted_by',
      'dispatch_temporary_relation',
      'get_catalog_columns_sql',
      'get_catalog_relations_where_clause_sql',
      'get_catalog_results_sql',
      'get_catalog_schemas_where_clause_sql',
      'get_catalog_tables_sql',
      'get_partitioned_by',
      'get_sorted_by',
      'merge_join_clause',
    ])
  })

  it.each([
    'materialization_view_default',
    'materialization_table_duckdb',
    'materialization_incremental_duckdb',
    'materialization_external_duckdb',
    'materialization_table_function_duckdb',
    'materialization_materialized_view_default',
    'materialization_snapshot_default',
    'materialization_seed_default',
    'materialization_test_default',
    'materialization_unit_default',
    'materialization_clone_default',
    'materialization_function_default',
  ])('hold %s', name => {
    expect(ids.has(`macro.dbt.${name}`) || ids.has(`macro.dbt_duckdb.${name}`)).toBe(true)
  })
})
