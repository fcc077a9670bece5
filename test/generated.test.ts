import { expect, test } from 'vitest'
import { pages, stale } from '../tools/generate.ts'

test('what is made from code is committed as it is made: the registry and the reference', async () => {
  expect(stale(await pages()), 'npm run generate').toEqual([])
})

test('a page that differs, is missing, or is of what is gone, is told', async () => {
  const made = await pages()
  const told = (changed: typeof made) => stale(changed).filter(path => !stale(made).includes(path))
  const [first] = made
  expect(told(made.map(page => (page === first ? { ...page, text: `${page.text}x` } : page)))).toEqual([
    first?.path,
  ])
  expect(told([...made, { path: 'docs/reference/nothing.md', text: '' }])).toEqual([
    'docs/reference/nothing.md',
  ])
  const page = 'docs/reference/errors/SLUICE_INTERNAL.md'
  expect(told(made.filter(({ path }) => path !== page))).toEqual([page])
})
