import type { Wish } from '../door/index.ts'
import { failure } from '../errors/index.ts'
import { type Call, given, textOf, textsOf } from './call.ts'

/** What the person wants run, from the words and options that `plan` and `run` share. */
export function wishOf(call: Call): Wish {
  const range = textOf(call, 'partitions')
  return {
    select: call.words,
    exclude: textsOf(call, 'exclude').flatMap(text => text.split(/\s+/)),
    force: given(call, 'force'),
    ...(range === undefined ? {} : { partitions: rangeOf(range) }),
  }
}

/** `2026-01-01..2026-01-31`; one key alone is a range of one. */
function rangeOf(text: string): NonNullable<Wish['partitions']> {
  const [first = '', last = first, ...rest] = text.split('..')
  if (first === '' || last === '' || rest.length > 0)
    throw failure('SLUICE_CLI_OPTION_VALUE', { option: '--partitions', expected: 'a value, FIRST..LAST' })
  return { first, last }
}

/** The whole number of `--name N`, 1 at least. */
export function numberOf(call: Call, name: string): number | undefined {
  const text = textOf(call, name)
  if (text === undefined) return undefined
  const number = Number(text.replaceAll(/[,_]/g, ''))
  if (Number.isSafeInteger(number) && number > 0) return number
  throw failure('SLUICE_CLI_OPTION_VALUE', { option: `--${name}`, expected: 'a whole number, 1 or more' })
}
