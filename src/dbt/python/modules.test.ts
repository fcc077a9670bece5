import { expect, test } from 'vitest'
import { Dict, language, repr, str } from '../../jinja/index.ts'
import { dateOf, momentOf, utcMoment } from './datetime.ts'
import { modulesValue } from './modules.ts'

/** The 31st of January 2020, 10:11:12.345 UTC. */
const nowMs = Date.UTC(2020, 0, 31, 10, 11, 12, 345)

const jinja = language({ globals: new Map([['modules', modulesValue(() => nowMs)]]) })

function printed(template: string): string {
  return jinja.compile(template).render(new Map())
}

function namesOf(module: string): readonly string[] {
  const modules = modulesValue(() => nowMs)
  const within = modules instanceof Dict ? modules.get(module) : undefined
  return within instanceof Dict ? Array.from(within.keys(), str) : []
}

test('modules have the names that dbt shows of them, and no others', () => {
  expect(namesOf('datetime')).toEqual(['date', 'datetime', 'time', 'timedelta', 'tzinfo'])
  expect(namesOf('pytz').toSorted()).toEqual(
    (
      'AmbiguousTimeError BaseTzInfo FixedOffset InvalidTimeError NonExistentTimeError UnknownTimeZoneError ' +
      'all_timezones all_timezones_set common_timezones common_timezones_set country_names country_timezones ' +
      'timezone utc'
    ).split(' '),
  )
  expect(namesOf('re').toSorted()).toEqual(
    (
      'A ASCII DOTALL I IGNORECASE L LOCALE M MULTILINE Match NOFLAG Pattern RegexFlag S U UNICODE VERBOSE X ' +
      'compile error escape findall finditer fullmatch match purge search split sub subn template'
    ).split(' '),
  )
  expect(namesOf('itertools').toSorted()).toEqual(
    (
      'accumulate chain combinations combinations_with_replacement compress count cycle islice permutations ' +
      'product repeat starmap tee zip_longest'
    ).split(' '),
  )
})

test('the clock that was handed in is what now() asks', () => {
  expect(printed('{{ modules.datetime.datetime.utcnow() }}')).toBe('2020-01-31 10:11:12.345000')
  expect(printed('{{ modules.datetime.datetime.now(modules.pytz.utc).isoformat() }}')).toBe(
    '2020-01-31T10:11:12.345000+00:00',
  )
  expect(printed("{{ modules.datetime.datetime.now(modules.pytz.timezone('Asia/Tokyo')) }}")).toBe(
    '2020-01-31 19:11:12.345000+09:00',
  )
})

test("dates and timestamps of queries become Python's; what Python cannot hold stays a text", () => {
  expect(repr(dateOf('2020-01-31'))).toBe('datetime.date(2020, 1, 31)')
  for (const text of ['infinity', '-infinity', '10000-01-01', '0044-03-15 (BC)', '0000-01-01', '-1000-01-01'])
    expect([dateOf(text), momentOf(text)]).toEqual([text, text])
  expect(str(momentOf('2020-01-31T10:00:00'))).toBe('2020-01-31 10:00:00')
  expect(str(momentOf('2020-01-31T10:00:00.123456'))).toBe('2020-01-31 10:00:00.123456')
  expect(str(momentOf('2020-01-31T10:00:00.123456789'))).toBe('2020-01-31 10:00:00.123456')
  expect(repr(momentOf('2020-01-31T10:00:00Z'))).toBe('datetime.datetime(2020, 1, 31, 10, 0, tzinfo=<UTC>)')
  expect(str(momentOf('2020-01-31T10:00:00.5+05:30'))).toBe('2020-01-31 04:30:00.500000+00:00')
  expect(str(momentOf('2020-01-31T10:00:00-05'))).toBe('2020-01-31 15:00:00+00:00')
  expect(momentOf('10000-01-01T00:00:00')).toBe('10000-01-01T00:00:00')
  expect(momentOf('0001-01-01T00:00:00+05')).toBe('0001-01-01T00:00:00+05')
  expect(momentOf('2020-13-01T00:00:00')).toBe('2020-13-01T00:00:00')
})

test("a run's start is a datetime in pytz.utc, to the microsecond", () => {
  expect(repr(utcMoment(nowMs))).toBe('datetime.datetime(2020, 1, 31, 10, 11, 12, 345000, tzinfo=<UTC>)')
  expect(repr(utcMoment(-1.5))).toBe('datetime.datetime(1969, 12, 31, 23, 59, 59, 998500, tzinfo=<UTC>)')
})

test('a search that would take for ever is stopped, and one that is long is not', () => {
  expect(() => printed("{{ modules.re.match('(a+)+$', 'a' * 60 ~ 'b') }}")).toThrow('does more than it may')
  expect(() => printed("{{ modules.re.sub('(?:a|a)*$', '', ('a' * 50 ~ 'b') * 9) }}")).toThrow(
    'does more than it may',
  )
  expect(printed("{{ modules.re.findall('[a-z]+', 'word ' * 100000) | length }}")).toBe('100000')
  expect(printed("{{ modules.re.fullmatch('(?:ab|c)*', 'ab' * 200000).end() }}")).toBe('400000')
})

test('what has no end is lazy, and is stopped where nobody stops it', () => {
  expect(printed('{{ modules.itertools.islice(modules.itertools.count(), 3) | list }}')).toBe('[0, 1, 2]')
  expect(() => printed('{{ modules.itertools.count() | list | length }}')).toThrow('does more than it may')
  expect(() => printed('{{ modules.itertools.cycle([1]) | list | length }}')).toThrow('does more than it may')
  expect(() => printed('{{ modules.itertools.repeat(1) | list | length }}')).toThrow('does more than it may')
  expect(printed('{{ modules.itertools.product(range(1000), repeat=9) | first }}')).toBe(
    '(0, 0, 0, 0, 0, 0, 0, 0, 0)',
  )
})

test('a macro that waits may put text in the place of a match', async () => {
  const template =
    "{% macro up(m) %}<{{ m[0] | upper }}>{% endmacro %}{{ modules.re.sub('[ab]', up, 'abc') }}"
  expect(await jinja.compile(template).renderAsync(new Map())).toBe('<A><B>c')
})

test('a template reaches nothing of the host through these objects', () => {
  const reaches = ['constructor', '__proto__', 'prototype', 'toString', 'exact', 'wall', 'found', 'micros']
  for (const object of [
    'modules.datetime.datetime(2020, 1, 1)',
    'modules.datetime.timedelta(1)',
    "modules.pytz.timezone('Asia/Tokyo')",
    "modules.re.match('a', 'a')",
    'modules.itertools.count()',
    'modules.datetime.datetime',
  ])
    for (const name of reaches)
      expect([object, name, printed(`{{ ${object}.${name} is defined }}`)]).toEqual([object, name, 'False'])
})
