import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Failure } from '../../../errors/index.ts'
import { longOf, readSchema, writeSchema } from './schema-string.ts'

test('a schema prints back as it was, longs and other numbers of its metadata to the digit', () => {
  const metadata =
    '{"delta.identity.highWaterMark":9223372036854775807,"a":1.0,"b":{"c":[1e2]},"comment":"é\\"x"}'
  const field = (name: string, type: string) =>
    `{"name":"${name}","type":${type},"nullable":false,"metadata":${metadata}}`
  const map = '{"type":"map","keyType":"string","valueType":"decimal(10,2)","valueContainsNull":false}'
  const array = `{"type":"array","elementType":{"type":"struct","fields":[${field('x', map)}]},"containsNull":true}`
  const text = `{"type":"struct","fields":[${field('a', '"long"')},${field('l', array)}]}`
  const schema = readSchema(text)
  expect(writeSchema(schema)).toBe(text)
  expect(longOf(schema.fields[0]?.metadata['delta.identity.highWaterMark'])).toBe(9223372036854775807n)
})

test('any text is read or refused by a code', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map(json => `{"type":"struct","fields":[${json}]}`),
  )
  fc.assert(
    fc.property(text, schemaString => {
      try {
        expect(readSchema(schemaString).type).toBe('struct')
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure)
      }
    }),
  )
})
