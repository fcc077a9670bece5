import { expect, test } from 'vitest'
import { csvRecords, csvRows } from './csv.ts'

test('fields in quotes hold commas, quotes and line ends', () => {
  expect(csvRecords('a,"b,""c""\nd"\r\n\n"",x')).toEqual([['a', 'b,"c"\nd'], [], ['', 'x']])
})

test('rows are by the names of the first line; what is missing is null', () => {
  expect(csvRows('id,name\n1,a\n2\n')).toEqual([
    { id: '1', name: 'a' },
    { id: '2', name: null },
  ])
})
