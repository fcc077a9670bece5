import type { Lock } from './house.ts'
import type { Room, Touch } from './table.ts'

/**
 * What each rule must find: a rule that cannot fail is worthless. `finds` is empty where the rule must keep
 * still.
 */
export type Sample = {
  readonly rule: string
  readonly shows: string
  readonly files?: { readonly [path: string]: string }
  readonly lock?: Lock
  readonly codes?: readonly string[]
  readonly finds: string
}

const room = (name: string, layer: number, ...touch: readonly Touch[]): Room => ({
  name,
  layer,
  leaf: name.endsWith('/*'),
  touch,
})

/** A house of its own, so that the samples stand whatever becomes of the table. */
export const sampleRooms: readonly Room[] = [
  room('model', 0),
  room('errors', 1),
  room('sql', 1),
  room('connect', 2),
  room('engine', 3, 'fs'),
  room('formats/*', 5, 'fs'),
  room('check', 5),
  room('declare', 6),
  room('compile', 6),
  room('connectors/*', 6, 'net', 'fs', 'process', 'time'),
  room('ledger', 6, 'fs'),
  room('plan', 7),
  room('run', 8, 'time'),
  room('door', 9, 'time', 'fs', 'net', 'process'),
  room('cli', 11, 'tty', 'fs'),
]

const long = (lines: number, line = 'f()\n') => line.repeat(lines)

const directions = 'rooms import only lower layers, through their face'
const packages = 'packages are imported only where they are declared'
const touch = 'a room touches only what the table allows'
const thrown = 'only failures of the catalogue are thrown'
const state = 'no module holds state'
const still = 'importing a module does nothing'
const forms = 'no any, enum, decorator, namespace, default export or `!`'
const face = 'sluice exports at most 15 names'
const hidden = {
  packages: { '': { dependencies: { a: '1' } }, 'node_modules/a': { dependencies: { b: '1' } } },
}

export const samples: readonly Sample[] = [
  {
    rule: 'every folder of src is a room of the table',
    shows: 'a room nobody knows',
    files: { 'src/attic/a.ts': '', 'src/model/a.ts': '', 'src/connectors/x/a.ts': '', 'src/index.ts': '' },
    finds: 'src/attic/a.ts lies in no room of the table in ARCHITECTURE.md',
  },
  {
    rule: directions,
    shows: 'upwards, sideways, a type alone, past the face',
    files: {
      'src/sql/a.ts': `import { x } from '../errors/index.ts'`,
      'src/check/a.ts': `import type { X } from '../plan/index.ts'`,
      'src/compile/a.ts': `type A = import('../run/index.ts').A`,
      'src/plan/a.ts': `export { x } from '../model/asset.ts'`,
      'src/plan/fine.ts': `import { x } from '../model/index.ts'\nimport { y } from './a.ts'`,
    },
    finds: [
      'src/sql/a.ts:1 sql → errors: layer 1 imports only lower layers, not 1',
      'src/check/a.ts:1 check → plan: layer 5 imports only lower layers, not 7',
      'src/compile/a.ts:1 compile → run: layer 6 imports only lower layers, not 8',
      'src/plan/a.ts:1 plan → model: not through its face, src/model/index.ts',
    ].join('\n'),
  },
  {
    rule: directions,
    shows: 'purity is transitive',
    files: { 'src/plan/a.ts': `import { x } from '../ledger/index.ts'` },
    finds: 'src/plan/a.ts:1 plan → ledger: touches nothing, and ledger touches fs',
  },
  {
    rule: directions,
    shows: 'leaves',
    files: {
      'src/door/a.ts': `import { x } from '../connectors/duckdb/index.ts'`,
      'src/door/b.ts': `import { x } from '../connectors/registry.generated.ts'`,
      'src/sql/b.ts': `import { x } from '../connectors/registry.generated.ts'`,
      'src/connectors/duckdb/a.ts': `import { x } from '../http/index.ts'`,
      'src/connectors/duckdb/b.ts': `import { x } from '../../compile/index.ts'`,
      'src/connectors/duckdb/c.ts': `import { x } from '../../connect/index.ts'`,
      'src/connectors/lake/a.ts': `import { x } from '../../formats/delta/index.ts'`,
      'src/formats/delta/a.ts': `import { x } from '../iceberg/index.ts'\nimport { y } from '../../engine/index.ts'`,
      'src/formats/delta/b.ts': `import { x } from '../../connectors/lake/index.ts'`,
      'src/run/c.ts': `import { x } from '../formats/delta/index.ts'`,
      'src/delta.ts': `export { x } from './formats/delta/index.ts'`,
      'src/connectors/registry.generated.ts': `export const a = () => import('./duckdb/index.ts')`,
    },
    finds: [
      'src/door/a.ts:1 door → connectors/duckdb: a leaf is reached only through the registry',
      'src/sql/b.ts:1 sql → src: only rooms above the connectors know the registry',
      'src/connectors/duckdb/a.ts:1 connectors/duckdb → connectors/http: a leaf is reached only through the registry',
      'src/connectors/duckdb/b.ts:1 connectors/duckdb → compile: a leaf imports only the ground, layers up to 4, not 6',
      'src/formats/delta/a.ts:1 formats/delta → formats/iceberg: a leaf is reached only through the registry',
      'src/formats/delta/b.ts:1 formats/delta → connectors/lake: a leaf is reached only through the registry',
      'src/run/c.ts:1 run → formats/delta: a leaf is reached only through the registry',
    ].join('\n'),
  },
  {
    rule: directions,
    shows: 'the registry imports nothing at once; src imports nothing outside; tests meet faces',
    files: {
      'src/connectors/registry.generated.ts': `import { x } from './duckdb/index.ts'`,
      'src/sql/a.ts': `import { x } from '../../tools/x.ts'`,
      'src/sql/a.test.ts': `import { x } from '../plan/index.ts'\nimport { y } from '../plan/deep.ts'`,
    },
    finds: [
      'src/connectors/registry.generated.ts:1 src → connectors/duckdb: a leaf is reached only through the registry',
      'src/sql/a.ts:1 imports tools/x.ts, outside src',
      'src/sql/a.test.ts:2 sql → plan: not through its face, src/plan/index.ts',
    ].join('\n'),
  },
  {
    rule: packages,
    shows: 'a package that nobody declared',
    lock: { packages: { '': { dependencies: { known: '1' } } } },
    files: {
      'src/run/a.ts': `import { x } from 'known/deep'\nimport { y } from '@strange/one/deep'`,
      'src/plan/a.ts': `import { x } from 'known'`,
      'src/connectors/pg/about.ts': `export const about = { needs: { 'pg-copy': '1', pg: '^8' } }`,
      'src/connectors/pg/a.ts': `export const f = () => [import('pg'), import('pg-copy'), import('known')]`,
    },
    finds: [
      'src/run/a.ts:2 `@strange/one` is not a dependency of the package',
      'src/plan/a.ts:1 `known`: plan touches nothing',
      'src/connectors/pg/a.ts:1 `known` is not in its about.needs',
    ].join('\n'),
  },
  {
    rule: touch,
    shows: 'modules and globals, one by one',
    files: {
      'src/plan/a.ts': `import { join } from 'node:path'`,
      'src/plan/b.ts': 'export const f = () => Date.now()',
      'src/plan/c.ts': 'export const f = () => new Date()',
      'src/plan/d.ts': 'export const f = () => [Math.random(), process.env, fetch]',
      'src/plan/e.ts': 'export const f = () => setTimeout(() => 1, 2)',
      'src/plan/g.ts': 'export const f = (x: string) => import(x)',
      'src/ledger/a.ts': `import { connect } from 'node:net'\nimport { join } from 'node:path'`,
      'src/run/a.ts': 'export const f = () => ({ ...process.env })',
    },
    finds: [
      'src/plan/a.ts:1 node:path: plan may touch nothing',
      'src/plan/b.ts:1 Date.now touches time; plan may touch nothing',
      'src/plan/c.ts:1 the time of now touches time; plan may touch nothing',
      'src/plan/d.ts:1 Math.random touches time; plan may touch nothing',
      'src/plan/d.ts:1 process touches process; plan may touch nothing',
      'src/plan/d.ts:1 fetch touches net; plan may touch nothing',
      'src/plan/e.ts:1 setTimeout touches time; plan may touch nothing',
      'src/plan/g.ts:1 import() of something computed',
      'src/ledger/a.ts:1 node:net: ledger may touch fs',
      'src/run/a.ts:1 process touches process; run may touch time',
    ].join('\n'),
  },
  {
    rule: touch,
    shows: 'names that only look like it',
    files: {
      'src/plan/a.ts': `
        export const f = (process: string, { fetch }: Http) => process + fetch
        export const g = (x: X) => ({ fetch: x.process, at: new Date(x.at), setTimeout() {} })
        export type T = { process: string; fetch(): void }`,
      'src/plan/a.test.ts': 'export const f = () => Date.now()',
      'src/run/a.ts': 'export const f = () => [Date.now(), setTimeout]',
    },
    finds: '',
  },
  {
    rule: 'files have at most 400 lines',
    shows: 'code is, a table of data may be longer',
    files: {
      'src/sql/a.ts': long(401),
      'src/sql/b.ts': long(400),
      'src/sql/table.ts': `export const table = [\n${long(500, '  1,\n')}] as const\n`,
      'src/sql/a.test.ts': long(500),
    },
    finds: 'src/sql/a.ts 401 lines',
  },
  {
    rule: 'lines have at most 110 characters',
    shows: 'longer, just right, and pinned words in a test',
    files: {
      'src/sql/a.ts': `// ${'x'.repeat(108)}\n// ${'é'.repeat(107)}`,
      'src/sql/a.test.ts': `f(\`\n${'x'.repeat(200)}\n\`)\n// ${'x'.repeat(200)}`,
    },
    finds: 'src/sql/a.ts:1 too long a line\nsrc/sql/a.test.ts:4 too long a line',
  },
  {
    rule: 'functions have at most 70 lines',
    shows: '71 and 70',
    files: { 'src/sql/a.ts': `function a() {\n${long(69)}}\nconst b = () => {\n${long(68)}}` },
    finds: 'src/sql/a.ts:1 a function of 71 lines',
  },
  {
    rule: 'functions have at most 3 parameters',
    shows: 'methods and arrows too',
    files: {
      'src/sql/a.ts': `
        class A { constructor(a: 1, b: 2, c: 3, d: 4) {} }
        const f = (a: 1, b: 2, c: 3) => 1
        const g = (a = 1, { b }: B, [c]: C, ...d: D[]) => 1`,
      'src/sql/a.test.ts': 'test.each([[1, 2, 3, 4]])((a, b, c, d) => {})',
    },
    finds: [2, 4]
      .map(line => `src/sql/a.ts:${line} 4 parameters; the rest belongs in one options object`)
      .join('\n'),
  },
  {
    rule: 'blocks nest at most 3 deep',
    shows: 'else-if does not count, a new function begins anew',
    files: {
      'src/sql/a.ts': `
        function f() {
          for (;;) if (1) while (1) {
            if (2) g()
          }
          for (;;) if (1) {} else if (2) {} else if (3) while (1) g()
          for (;;) if (1) while (1) g(() => { if (2) g() })
        }`,
    },
    finds: 'src/sql/a.ts:4 nested 4 deep',
  },
  {
    rule: forms,
    shows: 'each of them',
    files: {
      'src/sql/a.ts': 'export default 1\nlet a: any\nenum B { c }\nnamespace D {}\n@e class F {}\ng!.h',
      'test/x/sluice.config.ts': 'export default 1',
      'src/sql/b.ts': `declare module 'x' { interface Y {} }`,
    },
    finds: [
      'src/sql/a.ts:1 a default export',
      'src/sql/a.ts:2 `any`',
      'src/sql/a.ts:3 an enum',
      'src/sql/a.ts:4 a namespace',
      'src/sql/a.ts:5 a decorator',
      'src/sql/a.ts:6 a `!` that hides undefined',
    ].join('\n'),
  },
  {
    rule: face,
    shows: 'sixteen, of whatever form',
    files: {
      'src/index.ts': `export { a, b, c, d, e, f, g, h, i, j, type K, type L } from './declare/index.ts'
        export type { M, N } from './model/index.ts'
        export const o = 1, p = 2, q = 3
        export function r() {}
        export { s as t, u } from './door/index.ts'`,
    },
    finds: 'src/index.ts 16 names',
  },
  {
    rule: face,
    shows: 'all of another room',
    files: { 'src/index.ts': `export * from './declare/index.ts'` },
    finds: 'src/index.ts `export *`: nobody can see what is exported',
  },
  {
    rule: thrown,
    shows: 'errors of one’s own, and values',
    files: {
      'src/sql/a.ts': `
        const a = () => { throw new Error('x') }
        const b = () => Promise.reject(TypeError('x'))
        const c = () => { throw 'words' }
        class D extends Error {}`,
      'src/sql/fine.ts': `
        const a = () => { throw failure('A', {}) }
        const b = () => { try { a() } catch (thrown) { throw asFailure(thrown, 'b') } }
        const noError = () => syntaxError()
        const c = (d: Failure[]) => { throw d.length > 1 ? new Failures(d) : d[0] }`,
      'src/sql/a.test.ts': `const a = () => { throw new Error('x') }`,
    },
    finds: [
      'src/sql/a.ts:2 throws what is not a failure',
      'src/sql/a.ts:2 `Error`: failure(CODE, …) instead',
      'src/sql/a.ts:3 `TypeError`: failure(CODE, …) instead',
      'src/sql/a.ts:4 throws what is not a failure',
      'src/sql/a.ts:5 a class of its own that extends Error',
    ].join('\n'),
  },
  {
    rule: 'no catch swallows',
    shows: 'an empty one, even with a comment',
    files: { 'src/sql/a.ts': 'try { f() } catch {\n  // well\n}\ntry { f() } catch (e) { g(e) }' },
    finds: 'src/sql/a.ts:1 an empty catch',
  },
  {
    rule: 'every code of the catalogue is used',
    shows: 'one that is only listed',
    codes: ['A_USED', 'B_LISTED'],
    files: {
      'src/sql/a.ts': `throw failure('A_USED', {})`,
      'src/errors/catalogue/sql.ts': `const x = { A_USED: 1, B_LISTED: 2 }`,
      'src/sql/a.test.ts': `'B_LISTED'`,
    },
    finds: 'src/errors/catalogue nobody makes B_LISTED',
  },
  {
    rule: 'every code of the catalogue has its page',
    shows: 'one without',
    codes: ['A', 'B'],
    files: { 'docs/reference/errors/A.md': '' },
    finds: 'docs/reference/errors/B.md is missing: npm run generate',
  },
  {
    rule: state,
    shows: 'variables, and constants that are filled',
    files: {
      'src/sql/a.ts': `let a = 1
        export var b = 2
        const cache = new Map()
        const seen = new WeakSet()
        const list: string[] = []
        const table = { x: { y: 1 } }
        export const f = (k: string) => { cache.set(k, 1); list.push(k); table.x.y = 2; delete table.x }`,
      'src/sql/fine.ts': `const known = new Set(['a'])
        const word = /a/y
        const starts = (at: number) => { word.lastIndex = at }
        export const f = (k: string) => { const own = new Map(); own.set(k, known.has(k)); return own }`,
    },
    finds: [
      'src/sql/a.ts:1 `let` at the top of a module',
      'src/sql/a.ts:2 `var` at the top of a module',
      'src/sql/a.ts:7 changes `cache`, which belongs to the module',
      'src/sql/a.ts:4 `seen` can only be filled later',
      'src/sql/a.ts:7 changes `list`, which belongs to the module',
      'src/sql/a.ts:7 changes `table`, which belongs to the module',
    ].join('\n'),
  },
  {
    rule: still,
    shows: 'calls, loops, and imports for their effect',
    files: {
      'src/sql/a.ts': `import './b.ts'\nregister()\nfor (const x of []) f(x)\nconst y = Object.freeze({})`,
    },
    finds: [
      'src/sql/a.ts:1 imported for its side effect',
      'src/sql/a.ts:2 is done on import',
      'src/sql/a.ts:3 is done on import',
    ].join('\n'),
  },
  {
    rule: 'only the command line prints',
    shows: 'console in a room',
    files: {
      'src/sql/a.ts': 'const f = () => console.error(1)',
      'src/cli/a.ts': 'const f = () => console.log(1)',
    },
    finds: 'src/sql/a.ts:1 prints',
  },
  {
    rule: 'files and folders are named after what they hold',
    shows: 'drawers for anything',
    files: { 'src/sql/utils/a.ts': '', 'src/sql/string-helpers.ts': '', 'src/sql/baseline.ts': '' },
    finds: 'src/sql/utils/a.ts `utils` says nothing\nsrc/sql/string-helpers.ts `string-helpers` says nothing',
  },
  {
    rule: 'nothing is left to do',
    shows: 'a promise in a comment',
    files: { 'src/sql/a.ts': `// ${'TO' + 'DO'}: later`, 'docs/a.md': 'a todo list' },
    finds: `src/sql/a.ts:1 unfinished: \`${'TO' + 'DO'}\``,
  },
  {
    rule: 'nothing knows a machine',
    shows: 'a path of somebody',
    files: { 'docs/a.md': `see\n${'/ho' + 'me/ada'}/x`, 'docs/b.md': 'https://example.com/homepage' },
    finds: `docs/a.md:2 a path of one machine: \`${'/ho' + 'me/a'}\``,
  },
  {
    rule: 'words are plain',
    shows: 'praise and pictures; marks are fine',
    files: {
      'src/cli/a.ts': `'Done ${'success' + 'fully'} ${'\u{1F389}'}'`,
      'docs/a.md': '✓ done → next ✗ no',
    },
    finds: [
      `src/cli/a.ts:1 a word that says nothing: \`${'success' + 'fully'}\``,
      `src/cli/a.ts:1 a picture: \`${'\u{1F389}'}\``,
    ].join('\n'),
  },
  {
    rule: 'nothing that people install needs an install script',
    shows: 'one deep in the tree; what only tools need may',
    lock: {
      packages: {
        ...hidden.packages,
        'node_modules/b': { hasInstallScript: true },
        'node_modules/tool': { hasInstallScript: true },
      },
    },
    finds: 'package-lock.json node_modules/b has an install script',
  },
  {
    rule: 'the lock file names no host',
    shows: 'an address',
    lock: {
      packages: {
        'node_modules/a': { resolved: 'https://example.com/a.tgz' },
        'node_modules/w': { resolved: 'w' },
      },
    },
    finds: 'package-lock.json node_modules/a is bound to one registry',
  },
]
