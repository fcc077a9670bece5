import { type Code, explain } from '../../src/errors/index.ts'
import { code, made, page, table } from './markdown.ts'
import type { Page } from './pages.ts'

/** One file of the catalogue: what it is about, and its codes. */
export type Topic = { readonly name: string; readonly codes: readonly Code[] }

const exits = {
  1: 'an asset or check failed',
  2: 'the project or the command is wrong',
  3: 'a system outside could not be reached',
}

/** A page for every failure there can be, and one that lists them. */
export function errorPages(topics: readonly Topic[]): readonly Page[] {
  const single = topics.flatMap(topic => topic.codes.map(each => errorPage(each, topic)))
  return [...single, { path: 'docs/reference/errors/README.md', text: list(topics) }]
}

function errorPage(name: Code, topic: Topic): Page {
  const { title, why, fix, retry, exit } = explain(name)
  const again =
    retry === 'later'
      ? 'The step is tried again by itself, later and later, as often as its asset allows.'
      : 'Trying again would end the same way, so the step is not tried again.'
  const text = page([
    made(`src/errors/catalogue/${topic.name}.ts`),
    `# ${name}`,
    `> ${title}`,
    why === undefined ? undefined : `**Why.** ${why}`,
    `**Fix.** ${fix}`,
    `${again} Exit code ${exit}: ${exits[exit]}.`,
    'Words in capitals stand for what the message names in your project.',
  ])
  return { path: `docs/reference/errors/${name}.md`, text }
}

function list(topics: readonly Topic[]): string {
  return page([
    made('src/errors/catalogue'),
    '# What can go wrong',
    'Every failure has a name that never changes. `sluice explain CODE` prints what stands here.',
    ...topics.flatMap(({ name, codes }) => [
      codes.length === 0 ? undefined : `## ${name}`,
      table(
        ['code', 'what it says'],
        codes.map(each => [`[${code(each)}](${each}.md)`, explain(each).title]),
      ),
    ]),
  ])
}
