import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * A project of so many models: a third are views over generated rows, the others join two models before
 * them.
 */
export function writeProject(folder: string, models: number): void {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  write(
    'dbt_project.yml',
    "name: bench\nversion: '1.0'\nprofile: bench\nflags: {send_anonymous_usage_stats: false}\n",
  )
  write(
    'profiles.yml',
    'bench:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: bench.duckdb, threads: 4}\n',
  )
  write('macros/cents.sql', '{% macro cents(column) %}cast({{ column }} * 100 as bigint){% endmacro %}\n')
  const tests: string[] = ['models:']
  for (let i = 0; i < models; i++) {
    const folderName = i % 3 === 0 ? 'staging' : 'marts'
    write(`models/${folderName}/m_${i}.sql`, i % 3 === 0 ? staging(i) : mart(i))
    if (i % 2 === 0)
      tests.push(
        `  - name: m_${i}`,
        `    description: model ${i}`,
        '    columns:',
        '      - name: id',
        '        data_tests: [unique, not_null]',
      )
  }
  write('models/models.yml', `${tests.join('\n')}\n`)
}

function staging(i: number): string {
  return (
    `{{ config(materialized='view', tags=['staging']) }}\n` +
    `select range as id, {{ cents('range') }} as cents, '{{ target.name }}' as place, ${i} as part from range(100)\n`
  )
}

function mart(i: number): string {
  const [left, right] = [i - (i % 3), Math.max(0, i - 3)]
  return (
    `{{ config(materialized='table') }}\n{% set wanted = ['id', 'cents'] %}\n` +
    `select {% for name in wanted %}a.{{ name }}{{ ', ' if not loop.last }}{% endfor %}\n` +
    `from {{ ref('m_${left}') }} a join {{ ref('m_${right}') }} b using (id)\n` +
    `{% if is_incremental() %}where false{% endif %}\n`
  )
}
