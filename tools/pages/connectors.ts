import type { About } from '../../src/connect/index.ts'
import { code, made, page, table } from './markdown.ts'
import type { Page } from './pages.ts'

/**
 * A folder of src/connectors: what it states about itself, and the README that people wrote, if there is one.
 */
export type ConnectorFolder = { readonly folder: string; readonly about: About; readonly prose: string }

/** The registry, a page for every connector, and one that lists them. */
export function connectorPages(folders: readonly ConnectorFolder[]): readonly Page[] {
  return [
    { path: 'src/connectors/registry.generated.ts', text: registry(folders) },
    ...folders.map(each => ({ path: `docs/reference/connectors/${each.about.name}.md`, text: one(each) })),
    { path: 'docs/reference/connectors/README.md', text: list(folders) },
  ]
}

function registry(folders: readonly ConnectorFolder[]): string {
  const lines = folders.map(
    ({ folder, about }) => `  ${keyOf(about.name)}: () => import('./${folder}/index.ts'),`,
  )
  return [
    '// Made by `npm run generate` from the folders beside it: the one place that names connectors.',
    '',
    '/** Loads a connector by its name. */',
    'export const connectors = {',
    ...lines,
    '} as const',
    '',
  ].join('\n')
}

function keyOf(name: string): string {
  return /^[a-z_]\w*$/i.test(name) ? name : `'${name}'`
}

const tiers: { readonly [tier in About['tier']]: string } = {
  local: 'Tested as it is, on every machine.',
  'real server': 'Tested against the real server.',
  emulator: 'Tested against an emulator, not the real system.',
  recorded: 'Tested against recorded answers, not the real system.',
}

function one({ folder, about, prose }: ConnectorFolder): string {
  const needs = Object.entries(about.needs)
  const install = needs.map(([name, range]) => `${name}@${/[\s^]/.test(range) ? `"${range}"` : range}`)
  return page([
    made(`src/connectors/${folder}`),
    `# ${about.name}`,
    `${about.summary}.`.replace('..', '.'),
    tiers[about.tier],
    prose.replace(/^#\s.*\n+/, '').trim(),
    `## What it can do`,
    table(['ability', ''], abilities(about)),
    needs.length > 0 ? `It needs ${install.map(each => code(each)).join(', ')}.` : undefined,
    Object.keys(about.options).length > 0 ? '## Options' : undefined,
    table(
      ['option', 'type', 'required', 'unless said', 'what it does'],
      Object.entries(about.options).map(([name, option]) => [
        code(name),
        option.oneOf ? option.oneOf.map(code).join(', ') : option.type,
        option.required ? 'yes' : '',
        option.default === undefined ? '' : code(option.default),
        `${option.summary}${option.example === undefined ? '' : ` Example: ${code(option.example)}`}`,
      ]),
    ),
    Object.keys(about.limits).length > 0 ? '## Limits' : undefined,
    table(
      ['limit', 'value'],
      Object.entries(about.limits).map(([name, value]) => [code(name), String(value)]),
    ),
  ])
}

function abilities({ can }: About): readonly (readonly string[])[] {
  const rows: (readonly [string, string | undefined])[] = [
    ['read', can.read ? 'yes' : undefined],
    ['changes', can.changes && `by ${can.changes}`],
    ['write', can.write?.map(code).join(', ')],
    ['query', can.query && `SQL of ${can.query}`],
    ['transactions', can.transactions ? 'yes' : undefined],
    ['write files or push rows', can.unload ? 'yes' : undefined],
  ]
  return rows.flatMap(([ability, words]) => (words ? [[ability, words]] : []))
}

function list(folders: readonly ConnectorFolder[]): string {
  return page([
    made('src/connectors'),
    '# Connectors',
    'One folder of `src/connectors` each; another package can hold one too, and signs the same contract.',
    table(
      ['name', 'what it is', 'how it is tested'],
      folders.map(({ about }) => [`[${about.name}](${about.name}.md)`, about.summary, about.tier]),
    ),
  ])
}
