// `npm run generate` writes what follows from code: the registry of connectors and the reference. With
// `--check` it writes nothing and fails when what is committed differs.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { argv, exit, stderr } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { About } from '../src/connect/index.ts'
import type { Code } from '../src/errors/index.ts'
import { type ConnectorFolder, connectorPages } from './pages/connectors.ts'
import { checkPages } from './pages/checks.ts'
import { commandPages } from './pages/commands.ts'
import { errorPages, type Topic } from './pages/errors.ts'
import type { Page } from './pages/pages.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Folders that hold nothing but made files: what lies there and is not made any more goes. */
const whollyMade = ['docs/reference/errors', 'docs/reference/connectors']

/** All that is made from code, as it should be. */
export async function pages(): Promise<readonly Page[]> {
  return [
    ...connectorPages(await connectorFolders()),
    ...errorPages(await topics()),
    ...checkPages(),
    ...commandPages(),
  ]
}

/** Paths whose committed text is not what is made, or that should not be there. */
export function stale(made: readonly Page[]): readonly string[] {
  const wanted = new Set(made.map(({ path }) => path))
  const left = whollyMade
    .flatMap(folder =>
      existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map(name => `${folder}/${name}`) : [],
    )
    .filter(path => !wanted.has(path))
  const differ = made.filter(({ path, text }) => {
    const file = join(root, path)
    return !existsSync(file) || readFileSync(file, 'utf8').replaceAll('\r\n', '\n') !== text
  })
  return [...differ.map(({ path }) => path), ...left]
}

/** A connector is a folder with an index.ts that exports `about`. */
async function connectorFolders(): Promise<readonly ConnectorFolder[]> {
  const home = join(root, 'src/connectors')
  const folders = readdirSync(home).filter(folder => existsSync(join(home, folder, 'index.ts')))
  return Promise.all(
    folders.sort().map(async folder => {
      const { about } = (await load(join(home, folder, 'index.ts'))) as { about: About }
      const prose = join(home, folder, 'README.md')
      return { folder, about, prose: existsSync(prose) ? readFileSync(prose, 'utf8') : '' }
    }),
  )
}

/** One file of the catalogue is one topic; it exports its codes as one object. */
async function topics(): Promise<readonly Topic[]> {
  const home = join(root, 'src/errors/catalogue')
  const files = readdirSync(home).filter(file => /^[\w-]+\.ts$/.test(file))
  return Promise.all(
    files.sort().map(async file => {
      const codes = Object.values(await load(join(home, file))).flatMap(each => Object.keys(each as object))
      return { name: file.replace('.ts', ''), codes: codes.sort() as Code[] }
    }),
  )
}

async function load(path: string): Promise<object> {
  return (await import(pathToFileURL(path).href)) as object
}

function write(made: readonly Page[], paths: readonly string[]): void {
  for (const path of paths) {
    const text = made.find(each => each.path === path)?.text
    mkdirSync(dirname(join(root, path)), { recursive: true })
    if (text === undefined) rmSync(join(root, path))
    else writeFileSync(join(root, path), text)
  }
}

async function generate(words: readonly string[]): Promise<number> {
  const made = await pages()
  const paths = stale(made)
  if (words.includes('--check')) {
    for (const path of paths) stderr.write(`${path} is not what the code says\n`)
    if (paths.length > 0) stderr.write('fix  npm run generate\n')
    return paths.length > 0 ? 1 : 0
  }
  write(made, paths)
  for (const path of paths) stderr.write(`wrote ${path}\n`)
  stderr.write(`${made.length} files are up to date\n`)
  return 0
}

if (import.meta.main) exit(await generate(argv.slice(2)))
