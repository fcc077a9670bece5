import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTerminal, type Terminal } from '../../cli/terminal.ts'

let terminal: Terminal
const at = (path: string) => join(terminal.folder, path)
const write = (path: string, text: string | Uint8Array) => {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), text)
}
const deps = (...flags: readonly string[]) => terminal.type('dbt', 'deps', '--project-dir', 'shop', ...flags)

beforeEach(() => {
  terminal = openTerminal({
    env: { HOME: '/nowhere', PATH: process.env.PATH, DBT_ENV_SECRET_PLACE: 'repository' },
  })
  write('shop/dbt_project.yml', 'name: shop\nprofile: shop\n')
  write('near/dbt_project.yml', 'name: near\n')
})
afterEach(() => terminal.close())

/** A tar file (POSIX ustar) of these files. */
function packed(files: { readonly [path: string]: string }): Uint8Array {
  const blocks = Object.entries(files).flatMap(([path, text]) => {
    const head = Buffer.alloc(512)
    head.write(path, 0)
    head.write(text.length.toString(8).padStart(11, '0'), 124)
    head.write('0', 156)
    const content = Buffer.alloc(Math.ceil(text.length / 512) * 512)
    content.write(text)
    return [head, content]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

test('folders, repositories and archives are installed with what they ask for, and locked as dbt locks them', async () => {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', at('repository'), '-c', 'user.name=a', '-c', 'user.email=a@b', ...args])
      .toString()
      .trim()
  write('repository/dbt_project.yml', 'name: far\n')
  write(
    'repository/packages.yml',
    'packages:\n  - tarball: file://ARCHIVE\n    name: packed\n'.replace('ARCHIVE', at('p.tgz')),
  )
  write(
    'p.tgz',
    packed({ 'p-1/dbt_project.yml': 'name: packed\n', 'p-1/macros/m.sql': '{% macro m() %}1{% endmacro %}' }),
  )
  git('init', '-q')
  git('add', '.')
  git('commit', '-q', '-m', 'a')
  git('tag', 'v1')
  write(
    'shop/packages.yml',
    `packages:\n  - local: ../near\n  - git: "../{{ env_var('DBT_ENV_SECRET_PLACE') }}"\n    revision: v1\n`,
  )
  expect((await deps()).replaceAll(git('rev-parse', 'HEAD'), '[commit]')).toMatchInlineSnapshot(`
    "  ✓ near  local  in dbt_packages/near, from ../near
      ✓ far  [commit]  in dbt_packages/far, from ../{{ env_var('DBT_ENV_SECRET_PLACE') }}
      ✓ packed  tarball  in dbt_packages/packed, from file://[folder]/p.tgz
    exit 0"
  `)
  expect(
    readFileSync(at('shop/package-lock.yml'), 'utf8')
      .replaceAll(git('rev-parse', 'HEAD'), '[commit]')
      .replaceAll(terminal.folder, '[folder]'),
  ).toMatchInlineSnapshot(`
    "packages:
      - local: ../near
        name: near
      - git: '../{{ env_var(''DBT_ENV_SECRET_PLACE'') }}'
        name: far
        revision: [commit]
      - name: packed
        tarball: file://[folder]/p.tgz
    sha1_hash: a33547eebc289aa57e23409e5b6fbfae20a7203a
    "
  `)
  expect(
    ['near', 'far', 'packed'].map(name => existsSync(at(`shop/dbt_packages/${name}/dbt_project.yml`))),
  ).toEqual([true, true, true])
  expect(existsSync(at('shop/dbt_packages/packed/macros/m.sql'))).toBe(true)
  // The tag moves, the lock does not.
  write('repository/new.sql', '')
  git('add', '.')
  git('commit', '-q', '-m', 'b')
  git('tag', '-f', 'v1')
  expect(await deps()).toMatch(/exit 0$/)
  expect(existsSync(at('shop/dbt_packages/far/new.sql'))).toBe(false)
  await deps('--upgrade')
  expect(existsSync(at('shop/dbt_packages/far/new.sql'))).toBe(true)
})

test.each([['x/../../evil.sql'], ['/evil.sql']])(
  'an archive with %s is refused, and nothing of it lies outside',
  async path => {
    write('p.tgz', packed({ [path]: 'evil', 'x/dbt_project.yml': 'name: packed\n' }))
    write('shop/packages.yml', `packages:\n  - tarball: file://${at('p.tgz')}\n    name: packed\n`)
    expect(await deps()).toContain('Its archive holds a file that would lie outside of its folder.')
    expect(existsSync(at('evil.sql'))).toBe(false)
  },
)

test.each([
  ['- tarbal: x', 'An entry names a `package`'],
  ['- package: dbt_utils\n    version: 1.0.0', 'It is written `owner/name`.'],
  ['- package: a/b', 'A package of the hub needs a `version`.'],
  ['- local: ../nothing', 'There is no dbt_project.yml with a `name` in it.'],
  ["- git: 'ext::sh -c touch% evil'\n    revision: v1", "transport 'ext' not allowed"],
  ["- git: ../repository\n    revision: '--upload-pack=evil'", 'is no revision'],
  ['- local: ../near\n  - local: ../near/', 'Two packages are called `near`.'],
])('%s is refused', async (entry, words) => {
  write('shop/packages.yml', `packages:\n  ${entry}\n`)
  const screen = await deps()
  expect(screen).toContain(words)
  expect(screen).toMatch(/exit 2$/)
})
