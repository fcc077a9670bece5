import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openClosures } from './closure.ts'
import { importsOf } from './imports.ts'
import { tokensOf } from './tokens.ts'

function texts(code: string): readonly string[] | undefined {
  return tokensOf(code)?.map(token => token.text)
}

describe('tokens', () => {
  test.each([
    ['comments and white space', 'const a=1/*x*/+2 // y', 'const  a = 1 +\n  2'],
    ['a comment inside a template hole', '`a${ /* x */ b }c`', '`a${b}c`'],
    ['a pattern behind an if', 'if (x) /a\\/[/"]/.test(y) // z', 'if (x) /a\\/[/"]/.test(y)'],
    ['line breaks that mean nothing', 'f(a,\n  b)\nconst c = d\n  .e()', 'f(a, b)\nconst c = d.e()'],
    ['a hashbang', '#!/usr/bin/env node\na', 'a'],
  ])('same: %s', (_, a, b) => {
    expect(texts(a)).toBeDefined()
    expect(texts(a)).toEqual(texts(b))
  })

  test.each([
    ['text in a string', "const a = 'x'", "const a = 'y'"],
    ['what looks like a comment in a string', "const a = 'http://x'", "const a = 'http://y'"],
    ['white space in a template', '`a b`', '`a  b`'],
    ['a nested template', '`${`a//b`}`', '`${`a//c`}`'],
    ['what looks like a comment in a pattern', 'x = /[/*]a*/', 'x = /[/*]b*/'],
    ['a quote in a pattern, and what follows', 'x = /\'/; y = "// a"', 'x = /\'/; y = "// b"'],
    ['a break behind return', 'return\na', 'return a'],
    ['a break before ++', 'a\n++\nb', 'a++\nb'],
    ['a break before !', 'a\n!b', 'a! b'],
    ['a break behind async', 'async\nfunction f() {}', 'async function f() {}'],
    ['++ and + +', 'a - --b', 'a-- - b'],
    ['a number', 'a = 1_000', 'a = 1_001'],
  ])('different: %s', (_, a, b) => {
    expect(texts(a) ?? a).not.toEqual(texts(b) ?? b)
  })

  test('what cannot be read for certain is taken as it stands', () => {
    for (const code of [
      'const f = {}\n/a/.test(b)',
      "'open",
      '`open',
      '/* open',
      'a++ / b',
      '(]',
      'x of / 2',
    ]) {
      expect(tokensOf(code), code).toBeUndefined()
    }
  })

  test('no text throws, and no character outside comments and white space is lost', () => {
    const signs = ["'", '"', '`', '${', '}', '{', '(', ')', '+', '++', '=']
    const piece = fc.constantFrom('a', ' ', '\n', '/', '*', '//', '/*', '*/', 'return', ...signs)
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
        const code = pieces.join('')
        const tokens = tokensOf(code)
        let end = 0
        for (const { text, offset, kind } of tokens ?? []) {
          if (kind === 'break') continue
          const gap = code.slice(end, offset)
          expect(gap).toMatch(/^(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*$/)
          const length = text === ')?' ? 1 : text.length
          expect(code.slice(offset, offset + length)).toBe(text.slice(0, length))
          end = offset + length
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

test('imports: what is named, and whether only the default is taken', () => {
  const code = `
import a from './a.ts'
import { default as b } from './b.ts'
import c, { d } from './c.ts'
import * as e from './e.ts'
import type { F } from './f.ts'
import type from './g.ts'
import './h.ts'
export * from './i.ts'
export { default } from './j.ts'
const from = 'not'; const k = await import('./k.ts'), l = require("./l.cjs")
const m = { from: './no.ts' }`
  const found = importsOf(tokensOf(code) ?? []).map(
    ({ specifier, onlyDefault }) => `${specifier} ${onlyDefault}`,
  )
  expect(found).toEqual([
    './a.ts true',
    './b.ts true',
    './c.ts false',
    './e.ts false',
    './g.ts true',
    './h.ts false',
    './i.ts false',
    './j.ts false',
    './k.ts false',
    './l.cjs false',
  ])
})

describe('hash of a module closure', () => {
  const files = {
    'assets/a.ts':
      "import { rate } from '../lib/rate.ts'\nimport b from './b.ts'\nexport default [rate, b]\n",
    'assets/b.ts': "import { rate } from '../lib/rate.ts'\nexport default rate\nexport const tax = 2\n",
    'lib/rate.ts':
      "import data from './data.json' with { type: 'json' }\nimport x from 'pkg'\nexport const rate = 1\n",
    'lib/data.json': '{"a": 1}',
    'lib/loop.ts': "export * from './rate.ts'\n",
    'node_modules/pkg/package.json': '{"name":"pkg","version":"1.0.0","main":"x.js"}',
    'node_modules/pkg/x.js': 'module.exports = 1',
  }

  function hashes(changed: { readonly [path: string]: string }): { code: string; bytes: string } {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-closure-')))
    try {
      for (const [path, text] of Object.entries({ ...files, ...changed })) {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), text)
      }
      const closures = openClosures(path => path.startsWith(join(root, 'assets')))
      return {
        code: closures.code(join(root, 'assets/a.ts')),
        bytes: closures.bytes(join(root, 'assets/a.ts')),
      }
    } finally {
      rmSync(root, { recursive: true })
    }
  }

  const whole = { ...files }

  test.each<[string, { readonly [path: string]: string }]>([
    ['nothing', {}],
    [
      'comments and white space, anywhere',
      { 'lib/rate.ts': `/* why */\n${whole['lib/rate.ts']}   // because\n` },
    ],
    ['code of an asset that is read, not called', { 'assets/b.ts': 'export default 5\n' }],
    ['a file that nobody imports', { 'lib/other.ts': 'export const a = 1' }],
  ])('stays: %s', (_, changed) => {
    expect(hashes(changed).code).toBe(hashes({}).code)
  })

  test.each<[string, { readonly [path: string]: string }]>([
    [
      'its own code',
      {
        'assets/a.ts':
          "import { rate } from '../lib/rate.ts'\nimport b from './b.ts'\nexport default [b, rate]\n",
      },
    ],
    ['code it imports', { 'lib/rate.ts': whole['lib/rate.ts'].replace('= 1', '= 2') }],
    ['data that code imports', { 'lib/data.json': '{"a": 2}' }],
    [
      'the version of a package',
      { 'node_modules/pkg/package.json': '{"name":"pkg","version":"1.0.1","main":"x.js"}' },
    ],
    ['a package that is gone', { 'lib/rate.ts': whole['lib/rate.ts'].replace("'pkg'", "'gkp'") }],
    [
      'more than the default of an asset',
      { 'assets/a.ts': whole['assets/a.ts'].replace('import b', 'import b, { tax }') },
    ],
    [
      'code of an asset of which more is taken',
      {
        'assets/a.ts': whole['assets/a.ts'].replace('import b', 'import b, { tax }'),
        'assets/b.ts': whole['assets/b.ts'].replace('tax = 2', 'tax = 3'),
      },
    ],
  ])('changes: %s', (_, changed) => {
    expect(hashes(changed).code).not.toBe(hashes({}).code)
  })

  test('modules that import each other have one', () => {
    const { code } = hashes({ 'lib/rate.ts': "import './loop.ts'\nexport const rate = 1\n" })
    expect(code).toMatch(/^[0-9a-f]{32}$/)
  })
})
