/** Expressions made at random, of patterns and of decimals; the same seed makes the same ones. */
export function expressionsFrom(seed: number, count: number): readonly string[] {
  const dice = diceOf(seed)
  return Array.from({ length: count }, (_, i) => (i % 2 === 0 ? searched(dice) : calculated(dice)))
}

type Dice = {
  /** From 0, below `sides`. */
  readonly roll: (sides: number) => number
  readonly pick: <Item>(items: ArrayLike<Item>) => Item
}

/** The generator of Park and Miller: 16807 modulo 2^31 - 1. */
function diceOf(seed: number): Dice {
  let state = (seed % 2_147_483_646) + 1
  const roll = (sides: number) => {
    state = (state * 16_807) % 2_147_483_647
    return state % sides
  }
  return { roll, pick: items => items[roll(items.length)] as never }
}

function searched(dice: Dice): string {
  const pattern = dice.pick(['', '', '', '(?i)', '(?m)', '(?s)']) + alternatives(dice, 2)
  const text = Array.from({ length: dice.roll(8) }, () => dice.pick('ababAB\n 1')).join('')
  const [p, t] = [JSON.stringify(pattern), JSON.stringify(text)]
  return `re.finditer(${p}, ${t})|map(attribute='regs')|list, re.fullmatch(${p}, ${t}).regs, re.sub(${p}, '-', ${t})`
}

function alternatives(dice: Dice, depth: number): string {
  const count = dice.pick([1, 1, 1, 2, 3])
  return Array.from({ length: count }, () => sequence(dice, depth)).join('|')
}

/**
 * Possessive ones stand in the tables: CPython still mends them from one patch release of 3.11 to the next.
 */
const quantifiers = ['', '', '', '', '', '', '*', '+', '?', '*?', '+?', '??', '{1,2}', '{2}', '{,2}?']

function sequence(dice: Dice, depth: number): string {
  return Array.from({ length: dice.roll(4) }, () => atom(dice, depth) + dice.pick(quantifiers)).join('')
}

const places = ['\\w', '\\W', '\\d', '\\b', '\\B', '^', '$', '\\A', '\\Z', '\\s']
const members = ['a', 'ab', 'a-b', '^a', 'b-', '\\w', 'A-Z', ']a']

function atom(dice: Dice, depth: number): string {
  const kind = dice.roll(14)
  if (kind < 5) return dice.pick('abAB')
  if (kind === 5) return '.'
  if (kind === 6) return dice.pick(places)
  if (kind === 7) return `[${dice.pick(['', '^'])}${dice.pick(members)}]`
  if (kind === 8) return `\\${dice.pick('12')}`
  if (depth === 0) return 'b'
  const inside = alternatives(dice, depth - 1)
  if (kind === 9) return `(${inside})`
  if (kind === 10) return `(?:${inside})`
  if (kind === 11) return `${dice.pick(['(?=', '(?!', '(?<=', '(?<!', '(?>'])}${inside})`
  if (kind === 12) return `${dice.pick(['(?i:', '(?P<n>', '(?s:', '(?-i:'])}${inside})`
  return `(?(${dice.pick('12')})${sequence(dice, depth - 1)}|${sequence(dice, depth - 1)})`
}

const roundings = ['ROUND_UP', 'ROUND_HALF_UP', 'ROUND_FLOOR', 'ROUND_05UP', 'ROUND_CEILING']

function calculated(dice: Dice): string {
  const [a, b] = [decimal(dice), decimal(dice)]
  switch (dice.roll(7)) {
    case 0:
      return `${a}|round(${dice.roll(11) - 3})`
    case 1:
      return `'{:${specification(dice)}}'.format(${a})`
    case 2:
      return `${a}.quantize(${b}, '${dice.pick(roundings)}')`
    case 3:
      return `${a}.normalize(), -${b}, ${a}|abs, ${b}.to_integral_value()`
    case 4:
      return `${a} ** ${dice.roll(18) - 6}, ${b}|string`
    case 5:
      return `${a} ${dice.pick(['<', '==', '>=', '!='])} ${b}, ${a}|int`
    default:
      return `${a} ${dice.pick(['+', '-', '*', '/', '//', '%'])} ${b}`
  }
}

function specification(dice: Dice): string {
  const front = dice.pick(['', '0', '>', '*^', '+', ' ']) + dice.pick(['', '12', '30']) + dice.pick(['', ','])
  return front + dice.pick(['', '.0', '.2', '.5', '.30']) + dice.pick(['', 'f', 'e', 'g', 'E', 'G', '%', 'n'])
}

const remarkable = [
  '0',
  '-0',
  '0.00',
  '0E+3',
  '1',
  '-1',
  '10',
  '1E+20',
  '1E-20',
  'Infinity',
  'NaN',
  '-Infinity',
]

function decimal(dice: Dice): string {
  return `Decimal('${dice.roll(8) === 0 ? dice.pick(remarkable) : digits(dice)}')`
}

function digits(dice: Dice): string {
  const length = dice.pick([1, 2, 3, 5, 10, 20, 28, 29, 35])
  const all = Array.from({ length }, () => dice.pick('0123456789')).join('')
  const point = dice.roll(2 * length)
  const plain = point === 0 || point >= length ? all : `${all.slice(0, point)}.${all.slice(point)}`
  const exponent = dice.roll(5) === 0 ? `E${dice.pick(['+', '-'])}${dice.roll(40)}` : ''
  return dice.pick(['', '-']) + plain + exponent
}
