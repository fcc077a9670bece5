import { expect, test } from 'vitest'
import { rowsToNdjson } from './index.ts'

const text = (rows: Parameters<typeof rowsToNdjson>[0]) => new TextDecoder().decode(rowsToNdjson(rows))

test('every value keeps what it says', () => {
  const row = {
    big: 9_223_372_036_854_775_807n,
    at: new Date(Date.UTC(2024, 0, 31, 23, 59, 59, 999)),
    bytes: Buffer.from([0, 171]),
    plain: new Uint8Array([255]),
    nan: Number.NaN,
    far: Number.NEGATIVE_INFINITY,
    map: new Map([['a', 1n]]),
    nested: { list: [1n, null, 'ü\n'] },
    none: undefined,
    empty: '',
  }
  expect(text([row, {}])).toBe(
    '{"big":9223372036854775807,"at":"2024-01-31T23:59:59.999Z","bytes":"\\\\x00\\\\xAB","plain":"\\\\xFF","nan":"NaN",' +
      '"far":"-Infinity","map":[{"key":"a","value":1}],"nested":{"list":[1,null,"ü\\n"]},"empty":""}\n{}\n',
  )
})
