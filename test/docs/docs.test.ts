import { execFile } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, openApi } from './api.ts'
import { forget, play, type Story, unproven } from './story.ts'

const root = join(import.meta.dirname, '../..')
const guides = readdirSync(join(root, 'docs/guides')).map(file => `docs/guides/${file}`)
const stories = ['README.md', ...guides]
const read = (document: string) => readFileSync(join(root, document), 'utf8')

let api: Api
const told: Story[] = []
beforeAll(async () => {
  api = await openApi()
  process.env['SHOP_TOKEN'] = 'open-sesame'
})
afterAll(async () => {
  delete process.env['SHOP_TOKEN']
  told.forEach(forget)
  await api.close()
})

// The document is its own snapshot: `npm test -- test/docs -u` writes into it what really happens.
test.each(stories)('%s: every command is true', async document => {
  const story = await play(read(document), { apiUrl: api.url })
  told.push(story)
  expect(story.commands).toBeGreaterThan(0)
  await expect(story.retold).toMatchFileSnapshot(join(root, document))
})

test('the TypeScript of all documents is typed', async () => {
  const [first] = told
  if (first === undefined) expect.fail('no document was played')
  const { compilerOptions } = JSON.parse(read('tsconfig.json'))
  const paths = Object.entries<readonly string[]>(compilerOptions.paths).map(([name, places]) => [
    name,
    places.map(place => join(root, place)),
  ])
  const config = {
    compilerOptions: {
      ...compilerOptions,
      typeRoots: [join(root, 'node_modules/@types')],
      paths: Object.fromEntries(paths),
    },
    // Rows of SQL assets are declared by each project for itself: together they would name those of all.
    include: told.map(({ folder }) => join(folder, 'shop/**/*.ts')),
    exclude: told.flatMap(({ folder }) => [join(folder, '**/sluice.d.ts'), join(folder, 'node_modules')]),
  }
  const file = join(first.folder, 'tsconfig.json')
  writeFileSync(file, JSON.stringify(config))
  const tsc = join(root, 'node_modules/.bin/tsc')
  const words = await new Promise<string>(done => {
    execFile(tsc, ['-p', file], (error, stdout) => done(error === null ? '' : `${error.message}\n${stdout}`))
  })
  expect(words).toBe('')
})

test.each(stories)('%s: every block of code is a file of the story', document => {
  expect(unproven(read(document))).toEqual([])
})

test('a document that lies is told the truth', async () => {
  const lie = [
    '```sql assets/a.sql',
    'select 1 as x',
    '```',
    '```sh',
    '$ sluice check',
    '  all is well',
    '```',
  ]
  const story = await play(lie.join('\n'), { apiUrl: api.url })
  forget(story)
  expect(story.retold).toMatch(/\$ sluice check\n.*\n\n {2}right {2}1 asset, .*\n```$/)

  const failing = await play('```sh\n$ sluice run\n```', { apiUrl: api.url })
  forget(failing)
  expect(failing.retold).toContain('$ sluice run   # exit 2\nerror ')

  const open = '```sh\n$ printf "one\\ntwo 1.25s\\nthree\\n"\none\n…\n$ printf "four five\\n"\nfour …\n```'
  const kept = await play(open, { apiUrl: api.url })
  forget(kept)
  expect(kept.retold).toBe(open)
})

test('every link between documents leads somewhere', () => {
  const papers = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/README.md', ...stories]
  const dead = papers.flatMap(paper =>
    Array.from(read(paper).matchAll(/\]\(([^)#\s]+)(?:#([^)\s]+))?\)/g)).flatMap(([, to = '', anchor]) => {
      if (/^https?:/.test(to)) return []
      const path = resolve(root, dirname(paper), to)
      const there = existsSync(path) && (anchor === undefined || anchorsOf(path).includes(anchor))
      return there ? [] : [`${paper}: ${to}${anchor === undefined ? '' : `#${anchor}`}`]
    }),
  )
  expect(dead).toEqual([])
})

test('the tests that ARCHITECTURE.md names are there', () => {
  const cells = Array.from(
    read('ARCHITECTURE.md').matchAll(/`((?:src|test)\/[\w/-]+(?:\.test)?\.ts)`((?:,? “[^”]+”)*)/g),
  )
  const named = cells.map(([, file = '', names = '']) => ({
    file,
    names: Array.from(names.matchAll(/“([^”]+)”/g), ([, name = '']) => name),
  }))
  expect(named.length).toBeGreaterThan(12)
  const gone = named.flatMap(({ file, names }) =>
    existsSync(join(root, file)) ? names.filter(name => !read(file).includes(name)) : [file],
  )
  expect(gone).toEqual([])
})

/** Headings as GitHub turns them into anchors. */
function anchorsOf(path: string): readonly string[] {
  return Array.from(readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
}
