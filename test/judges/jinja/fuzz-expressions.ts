export type Random = {
  readonly of: <const T>(all: readonly T[]) => T
  readonly likely: (share: number) => boolean
}

/**
 * How often an expression of another kind stands where one kind is wanted: what fails is compared as well.
 */
const wild = 0.03

const filters = {
  text: 'upper lower trim title capitalize string replace("a","z") center(7) truncate(3,true,"") indent urlencode striptags e',
  number: 'abs round int float round(1) round(0,"floor") int|abs',
  list: 'list sort reverse|list unique|list batch(2)|list map("string")|list select|list slice(2)|list reject("none")|list',
} as const

const tests = 'defined undefined none string number mapping iterable sequence true false integer float'.split(
  ' ',
)

const methods = [
  'upper() lower() strip() replace("a","z") title() swapcase() zfill(3) center(5) join(["a","b"]) capitalize() lstrip()',
  'removeprefix("a") ljust(4,".") rjust(4) expandtabs() casefold() replace("","-",2) format(1)',
]
  .join(' ')
  .split(' ')

/** Expressions, each of a kind, so that most of them have a value. */
export class Expressions {
  private readonly random: Random
  constructor(random: Random) {
    this.random = random
  }

  any(depth: number): string {
    return this.random.of([
      () => this.text(depth),
      () => this.number(depth),
      () => this.list(depth),
      () => this.truth(depth),
      () => this.member(depth),
      () => this.random.of(['none', 'missing', 'a', 'b', 'c', 'm', 'true', 'text', 'people']),
      () => this.conditional(depth),
      () => this.dict(depth),
      () => `${this.text(depth)} ~ ${this.number(depth)} ~ ${this.list(depth)}`,
      () =>
        `${this.operand(this.list(depth))}|${this.random.of(['join("-")', 'join', 'length', 'first', 'last', 'tojson'])}`,
    ])()
  }

  private or(kind: () => string, depth: number): string {
    return this.random.likely(wild) ? this.any(depth - 1) : kind()
  }

  private operand(expression: string): string {
    return `(${expression})`
  }

  text(depth: number): string {
    const { random } = this
    if (depth <= 0)
      return random.of([
        "''",
        "'a'",
        "'b c'",
        "'A'",
        '"it\'s"',
        "'12'",
        "'é😀'",
        "'%s'",
        "'a,b'",
        "'<b>'",
        "'\\n'",
        'text',
      ])
    const [one, other] = [
      this.or(() => this.text(depth - 1), depth),
      this.or(() => this.text(depth - 1), depth),
    ]
    return random.of([
      () => `${one} + ${other}`,
      () => `${one} ~ ${other}`,
      () => `${this.operand(one)}|${random.of(filters.text.split(' '))}`,
      () => `${this.operand(one)}.${random.of(methods)}`,
      () => `${this.operand(one)} * ${random.of(['0', '2', '-1', 'true'])}`,
      () => `text${random.of(['[0]', '[-1]', '[1:]', '[::-1]', '[:3]', '[6]', '[1:9:2]'])}`,
      () => `'%s|%5s|%-4s' % (${one}, ${other}, 'x')`,
      () => `'{}|{:>4}|{!r}'.format(${one}, ${other}, 'x')`,
      () => `'%5.2f|%d|%x' % (${this.number(depth - 1)}, ${this.number(depth - 1)}, 255)`,
    ])()
  }

  number(depth: number): string {
    const { random } = this
    if (depth <= 0)
      return random.of(['0', '1', '2', '3', '-1', '10', '1.5', '2.0', '0.1', '1e20', '9007199254740993'])
    const [one, other] = [
      this.or(() => this.number(depth - 1), depth),
      this.or(() => this.number(depth - 1), depth),
    ]
    return random.of([
      () => `${this.operand(one)} ${random.of(['+', '-', '*', '/', '//', '%'])} ${this.operand(other)}`,
      () => `${one} ${random.of(['+', '-', '*'])} ${other}`,
      () => `${this.operand(one)} ** ${random.of(['0', '1', '2', '3', '-1'])}`,
      () => `-${this.operand(one)}`,
      () => `${this.operand(one)}|${random.of(filters.number.split(' '))}`,
      () => `${this.operand(this.list(depth - 1))}|length`,
      () => `${this.operand(this.text(depth - 1))}|${random.of(['length', 'int', 'float', 'wordcount'])}`,
      () => `numbers|${random.of(['sum', 'min', 'max', 'first', 'last'])}`,
      () => `${this.operand(this.text(depth - 1))}.${random.of(['find("a")', 'count("a")', 'rfind("b")'])}`,
    ])()
  }

  list(depth: number): string {
    const { random } = this
    if (depth <= 0)
      return random.of([
        '[]',
        '[1, 2]',
        "['b', 'A', 'a']",
        '(1,)',
        'numbers',
        'range(3)',
        '[none, 1]',
        "'ab'",
      ])
    const one = this.or(() => this.list(depth - 1), depth)
    return random.of([
      () => `[${this.any(depth - 1)}, ${this.any(depth - 1)}]`,
      () => `(${this.any(depth - 1)}, ${this.any(depth - 1)})`,
      () => `numbers + ${this.operand(one)}|list`,
      () => `${this.operand(one)}|${random.of(filters.list.split(' '))}`,
      () => `numbers${random.of(['[1:]', '[::-1]', '[:2]', ' * 2'])}`,
      () => `people|map(attribute='${random.of(['name', 'age', 'address.city', 'tags', 'nothing'])}')|list`,
      () =>
        `people|${random.of(['selectattr', 'rejectattr'])}('${random.of(['active', 'tags', 'nothing'])}')|map(attribute='name')|list`,
      () => `people|sort(attribute='${random.of(['name', 'age', 'age,name'])}')|map(attribute='name')|list`,
      () =>
        `${this.operand(this.text(depth - 1))}.${random.of(['split()', "split(',')", 'splitlines()', "partition('b')", "rsplit('a', 1)"])}`,
      () => `${this.dict(depth - 1)}.${random.of(['keys()', 'values()', 'items()'])}`,
    ])()
  }

  dict(depth: number): string {
    const key = this.random.of(["'k'", "'name'", '1', 'true', '(1, 2)', '1.0', 'none'])
    return `{${key}: ${this.any(depth - 1 > 0 ? 1 : 0)}, 'z': 2}`
  }

  truth(depth: number): string {
    const { random } = this
    if (depth <= 0) return random.of(['true', 'false', '1', '0', "''", 'none', 'missing', 'numbers', 'a'])
    const order = ['<', '<=', '>', '>=', '==', '!=']
    return random.of([
      () => `${this.number(depth - 1)} ${random.of(order)} ${this.number(depth - 1)}`,
      () => `${this.text(depth - 1)} ${random.of(order)} ${this.text(depth - 1)}`,
      () =>
        `${this.number(0)} ${random.of(order)} ${this.number(depth - 1)} ${random.of(order)} ${this.number(0)}`,
      () => `${this.any(depth - 1)} ${random.of(['==', '!='])} ${this.any(depth - 1)}`,
      () => `${this.operand(this.any(depth - 1))} is ${random.of(['', 'not '])}${random.of(tests)}`,
      () => `not ${this.truth(depth - 1)}`,
      () => `${this.truth(depth - 1)} ${random.of(['and', 'or'])} ${this.truth(depth - 1)}`,
      () => `${this.any(0)} ${random.of(['in', 'not in'])} ${this.list(depth - 1)}`,
      () => `${this.text(0)} in ${this.text(depth - 1)}`,
      () =>
        `${this.operand(this.text(depth - 1))}.${random.of(['startswith("a")', 'endswith("b")', 'isdigit()', 'isupper()'])}`,
    ])()
  }

  private member(depth: number): string {
    const key = this.random.of([
      '.k',
      '.name',
      "['z']",
      '.nothing',
      "['k']",
      '[1]',
      '.z',
      "|attr('k')",
      '.get("k")',
      '.get("q", 5)',
    ])
    return this.random.likely(0.5)
      ? `${this.dict(depth - 1)}${key}`
      : `people[${this.random.of(['0', '1', '-1', '9'])}].${this.random.of(['name', 'address.city', 'tags[0]', 'nothing'])}`
  }

  private conditional(depth: number): string {
    const otherwise = this.random.likely(0.7) ? ` else ${this.any(depth - 1)}` : ''
    return `${this.any(depth - 1)} if ${this.truth(depth - 1)}${otherwise}`
  }
}
