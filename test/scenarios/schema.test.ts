import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { enter, outcomes, type Stage, targets, troubles, unbalanced } from './stage.ts'

// A source that changes its shape under every policy, while readers of the old shape go on reading.
let stage: Stage

const said = "onNewColumn: 'add', onTypeChange: 'quarantine', onMissing: 'fail'"
const people = (columns: string) => stage.rows(`select ${columns} from raw.people order by id`)
const first = [
  ['1', 'Ada', '36'],
  ['2', 'Bob', null],
]

async function comes(csv: string, policy = said) {
  if (policy !== said) await stage.edit('assets/raw/people.ts', said, policy)
  await stage.write('data/people-2.csv', csv)
  const report = await stage.run()
  expect(unbalanced(report)).toEqual([])
  const step = report.steps.find(({ asset }) => asset === 'raw.people')
  const rules = await stage.ask(project => project.quarantine.counts())
  return { report, code: step?.failure?.code, refused: rules.map(({ rule, open }) => `${rule} ${open}`) }
}

const columns = async () => {
  const { columns: found } = await stage.ask(project =>
    project.sql('select * exclude (_loaded_at, _source) from raw.people limit 0'),
  )
  return found.map(({ name, type }) => `${name} ${type}`)
}

const appears = 'id,name,age,city\n3,Cy,50,Rome\n4,Di,51,\n'
const widens = 'id,name,age\n3,Cy,50.5\n4,Di,9007199254740993\n5,Ed,old\n'
const disappears = 'id,name\n1,Ada L.\n3,Cy\n'

describe.each(targets)('on %s', target => {
  beforeEach(async () => {
    stage = await enter('schema', target)
    await stage.run()
  })
  afterEach(() => stage.leave())

  test.each<readonly [string, string, { code?: string; refused: string[]; shape: string[]; rows: number }]>([
    [
      'add',
      appears,
      { refused: [], shape: ['id BIGINT', 'name VARCHAR', 'age BIGINT', 'city VARCHAR'], rows: 4 },
    ],
    ['ignore', appears, { refused: [], shape: ['id BIGINT', 'name VARCHAR', 'age BIGINT'], rows: 4 }],
    [
      'quarantine',
      appears,
      { refused: ['new column city 1'], shape: ['id BIGINT', 'name VARCHAR', 'age BIGINT'], rows: 3 },
    ],
    [
      'fail',
      appears,
      {
        code: 'SLUICE_CONTRACT_NEW_COLUMN',
        refused: [],
        shape: ['id BIGINT', 'name VARCHAR', 'age BIGINT'],
        rows: 2,
      },
    ],
  ])('a column appears: %s', async (policy, csv, expected) => {
    const { code, refused } = await comes(csv, said.replace("'add'", `'${policy}'`))
    expect({ code, refused, shape: await columns(), rows: (await people('id')).length }).toEqual({
      code: undefined,
      ...expected,
    })
    expect((await stage.rows('select * from marts.ages order by id')).slice(0, 2)).toEqual(first)
    expect((await stage.ask(project => project.check())).failures).toEqual([])
  })

  test.each<readonly [string, { code?: string; refused: string[]; ages: (string | null)[] }]>([
    ['add', { refused: [], ages: ['36', null, '50.5', '9007199254740993', 'old'] }],
    ['ignore', { refused: [], ages: ['36', null, null, '9007199254740993', null] }],
    ['quarantine', { refused: ['type 2'], ages: ['36', null, '9007199254740993'] }],
    ['fail', { code: 'SLUICE_CONTRACT_UNFIT', refused: [], ages: ['36', null] }],
  ])('a column widens: %s', async (policy, expected) => {
    const { code, refused } = await comes(
      widens,
      said.replace("onTypeChange: 'quarantine'", `onTypeChange: '${policy}'`),
    )
    const ages = (await people('age')).map(([age]) => age)
    expect({ code, refused, ages }).toEqual({ code: undefined, ...expected })
  })

  test('a column that widens within numbers keeps every digit, and one that only fits stays as it was', async () => {
    await comes('id,name,age\n3,Cy,50.25\n4,Di,9007199254740993\n', said.replace("'quarantine'", "'add'"))
    expect(await columns()).toEqual(['id BIGINT', 'name VARCHAR', 'age DECIMAL(38,2)'])
    expect((await people('age')).flat()).toEqual(['36.00', null, '50.25', '9007199254740993.00'])
    await stage.write('data/people-3.csv', 'id,name,age\n5,Ed,\n6,Flo,7\n')
    expect(troubles(await stage.run())).toEqual([])
    expect(await columns()).toEqual(['id BIGINT', 'name VARCHAR', 'age DECIMAL(38,2)'])
  })

  test.each<readonly [string, { code?: string; refused: string[]; rows: (string | null)[][] }]>([
    [
      'add',
      {
        refused: [],
        rows: [
          ['1', 'Ada L.', null],
          ['2', 'Bob', null],
          ['3', 'Cy', null],
        ],
      },
    ],
    [
      'ignore',
      {
        refused: [],
        rows: [
          ['1', 'Ada L.', null],
          ['2', 'Bob', null],
          ['3', 'Cy', null],
        ],
      },
    ],
    ['quarantine', { refused: ['missing age 2'], rows: first }],
    ['fail', { code: 'SLUICE_CONTRACT_MISSING', refused: [], rows: first }],
  ])('a column disappears: %s', async (policy, expected) => {
    const { code, refused } = await comes(disappears, said.replace("'fail'", `'${policy}'`))
    expect({ code, refused, rows: await people('id, name, age') }).toEqual({ code: undefined, ...expected })
  })

  test('a column is renamed: the old name is missing, and nothing is published until somebody decides', async () => {
    const renamed = 'id,name,years\n3,Cy,50\n'
    const { report, code } = await comes(renamed)
    expect(code).toBe('SLUICE_CONTRACT_MISSING')
    expect(outcomes(report)).toEqual(['marts.ages blocked', 'raw.people failed'])
    expect(await stage.rows('select * from marts.ages order by id')).toEqual(first)
    await stage.edit('assets/raw/people.ts', "'fail'", "'ignore'")
    expect(troubles(await stage.run())).toEqual([])
    await stage.edit('assets/marts/ages.sql', 'name, age', 'name, coalesce(age, years) as age')
    expect((await stage.ask(project => project.check())).failures).toEqual([])
    expect(troubles(await stage.run())).toEqual([])
    expect(await stage.rows('select * from marts.ages order by id')).toEqual([...first, ['3', 'Cy', '50']])
  })

  test('killed while the table takes a new column: the next run has it once, rows and all', async () => {
    await stage.write('data/people-2.csv', appears)
    expect(await stage.killAt('step.publishing raw.people')).toBe(true)
    expect(troubles(await stage.run())).toEqual([])
    expect(await people('id, city')).toEqual([
      ['1', null],
      ['2', null],
      ['3', 'Rome'],
      ['4', null],
    ])
  })
})
