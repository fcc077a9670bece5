/** Values of every kind, as a template writes them. */
export const operands: readonly string[] = [
  'none',
  'true',
  'false',
  '0',
  '1',
  '-7',
  '3',
  '9007199254740993',
  '-123456789012345678901234567890',
  '0.0',
  '-0.0',
  '1.0',
  '2.5',
  '-0.1',
  '1e300',
  "''",
  "'a'",
  "'12'",
  "'Ab c'",
  "'😀é'",
  '[]',
  '[1, 2]',
  "['b', 'A', 'a']",
  '()',
  '(1, 2)',
  '(1,)',
  '{}',
  "{'a': 1, 'b': [2]}",
  '{1: 2}',
  'missing',
  "'<b>'|safe",
  'range(3)',
]

/** Which pairs are tried is thinned out: each with each would say the same many times. */
export const operators: readonly string[] = [
  '+',
  '-',
  '*',
  '/',
  '//',
  '%',
  '**',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'not in',
  '~',
  'and',
  'or',
]

/** Filters that need nothing beside their value. */
export const filters: readonly string[] = (
  'abs capitalize center count d default e escape filesizeformat first float forceescape indent int items|list join ' +
  'last length list lower max min pprint reverse|list round safe slice(2)|list batch(2)|list sort string striptags ' +
  'sum title tojson trim truncate(3,true,"",0) unique|list upper urlencode wordcount wordwrap(3) dictsort map("upper")|list ' +
  'select|list reject|list select("odd")|list xmlattr reverse map unique urlize format groupby(0) sort(reverse=true) ' +
  'map("string")|join(",") list|length string|length d("x",true) tojson(indent=2) round(1) round(-1) round(1,"floor") ' +
  'round(0,"ceil") int(7) float(1.5) int(0,16) join("-") attr("real") attr("upper") map(attribute=0)|list'
).split(' ')

export const tests: readonly string[] = (
  'boolean callable defined divisibleby(2) eq(1) escaped even false filter float ge(1) gt(1) in([1,none,"a"]) integer ' +
  'iterable le(1) lower lt(1) mapping ne(1) none number odd sameas(none) sequence string test true undefined upper'
).split(' ')

/** Attributes and items that are asked of each. */
export const members: readonly string[] = [
  '.a',
  "['a']",
  '[0]',
  '[-1]',
  '[99]',
  '[1:]',
  '[::-1]',
  '[:1]',
  '[0:5:2]',
  '.items()|list',
  '.upper()',
  '.append(1)',
  '.__class__',
  "['__class__']",
  '.constructor',
  '.length',
  '.nothing.more',
  '()',
]

/** Every method of a type, called with arguments that fit and arguments that do not. */
export const methods: readonly (readonly [operands: readonly string[], names: string])[] = [
  [
    ["'a b'", "'Äb😀'"],
    'upper lower split rsplit splitlines strip lstrip rstrip replace find rfind index rindex count startswith endswith ' +
      'join zfill ljust rjust center title capitalize casefold swapcase translate partition rpartition isdigit isalpha ' +
      'isupper islower istitle isspace isalnum isascii isdecimal isnumeric isidentifier isprintable expandtabs ' +
      'removeprefix removesuffix maketrans',
  ],
  [['[1, 2]', "['a', 'b']"], 'append extend insert pop remove sort reverse index count copy clear'],
  [["{'a': 1, 'b': 2}"], 'get pop update setdefault items keys values copy clear popitem fromkeys'],
  [['(1, 2)', '(none,)'], 'index count'],
  [['5', 'true', '9007199254740993'], 'bit_length bit_count conjugate as_integer_ratio'],
  [['2.5', '1e20'], 'is_integer conjugate as_integer_ratio'],
  [['range(3)'], 'index count'],
]

export const argumentLists: readonly string[] = [
  '',
  '1',
  "'a'",
  'none',
  'missing',
  "'a', 'b'",
  '0, 1',
  "'a', 1",
  '1, 2, 3',
  "'a', 'b', 1, 2",
  'x=1',
  "'a', x=1",
  '[1, 2]',
  "['a', 'b']",
  "('a', 'b')",
  "{'a': 1}",
  '2.5',
  'true',
  '-1',
  "''",
  "'<'|safe",
  '9007199254740993',
]
