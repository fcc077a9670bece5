import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { main } from '../../src/cli/index.ts'
import { openProject, type Project, type RunReport } from '../../src/door/index.ts'
import { paperWorld } from '../cli/paper.ts'

/** A copy of a scenario's project in a folder of its own, and what a person does with it. */
export type Stage = {
  readonly cwd: string
  readonly run: (wish?: Parameters<Project['run']>[0]) => Promise<RunReport>
  readonly ask: <T>(act: (project: Project) => Promise<T>) => Promise<T>
  /** All rows that a query gives, every value as text. */
  readonly rows: (sql: string) => Promise<readonly (readonly (string | null)[])[]>
  readonly write: (file: string, text: string) => Promise<void>
  readonly edit: (file: string, from: string, to: string) => Promise<void>
  /** A verb of the command line, words and all; words that belong together stand in quotes. */
  readonly sluice: (
    line: string,
  ) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>
  /** A run in a process of its own that is killed right after the first event whose line starts so. */
  readonly killAt: (event: string, program?: readonly string[]) => Promise<boolean>
  readonly leave: () => Promise<void>
}

/** Where a scenario's tables may live. */
export const targets = ['duckdb', 'lake'] as const

/** `on`: the target, in place of the one that the scenario's config names. */
export async function enter(name: string, on?: (typeof targets)[number]): Promise<Stage> {
  const cwd = await mkdtemp(join(tmpdir(), `sluice-${name}-`))
  await cp(join(import.meta.dirname, name), cwd, { recursive: true })
  if (on) {
    const config = await readFile(join(cwd, 'sluice.config.ts'), 'utf8')
    const place = on === 'lake' ? './lake' : `${name}.duckdb`
    const moved = config
      .replace(/'sluice\/\w+'/, `'sluice/${on}'`)
      .replace(/\{ \w+ \} from 'sluice\/(?!')/, `{ ${on} } from 'sluice/`)
      .replace(/target: \w+\('[^']+'\)/, `target: ${on}('${place}')`)
    await writeFile(join(cwd, 'sluice.config.ts'), moved)
  }
  const ask: Stage['ask'] = async act => {
    const project = await openProject({ cwd })
    try {
      return await act(project)
    } finally {
      await project.close()
    }
  }
  const write: Stage['write'] = async (file, text) => {
    await mkdir(dirname(join(cwd, file)), { recursive: true })
    await writeFile(join(cwd, file), text)
  }
  return {
    cwd,
    ask,
    write,
    run: wish => ask(project => project.run(wish ?? {})),
    rows: sql => ask(async project => (await project.sql(sql, { rowsMax: 1_000_000 })).rows),
    edit: async (file, from, to) => {
      const text = await readFile(join(cwd, file), 'utf8')
      if (!text.includes(from)) throw new TypeError(`${file} does not say ${from}`)
      await write(file, text.replace(from, to))
    },
    sluice: async line => {
      const paper = paperWorld({ cwd })
      const words = line.match(/"[^"]*"|\S+/g) ?? []
      const code = await main(
        words.map(word => word.replaceAll('"', '')),
        paper.world,
      )
      return { code, stdout: paper.stdout(), stderr: paper.stderr() }
    },
    killAt: (event, program = ['../recovery/child.ts', 'keyed']) => killed(cwd, event, program),
    leave: () => rm(cwd, { recursive: true, force: true }),
  }
}

function killed(cwd: string, event: string, program: readonly string[]): Promise<boolean> {
  const [file = '', ...words] = program
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, file), cwd, ...words], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.split('\n').some(line => line.startsWith(event))) child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('close', (_, signal) => resolve(signal === 'SIGKILL'))
  })
}

/** Every file below a folder of the project by its path, as a digest of its bytes. */
export async function digests(stage: Stage, folder: string): Promise<{ readonly [path: string]: string }> {
  const root = join(stage.cwd, folder)
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter(it => it.isFile())
  const told = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name)
    const digest = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    return [relative(root, path), digest] as const
  })
  return Object.fromEntries((await Promise.all(told)).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Every step of a run as `asset outcome`, in order of names. */
export function outcomes(report: RunReport): readonly string[] {
  return report.steps.map(({ asset, outcome }) => `${asset} ${outcome}`).sort()
}

/** What a deed did, and which partitions of the asset have another version since. */
export async function touching<T>(
  stage: Stage,
  asset: string,
  act: () => Promise<T>,
): Promise<readonly [T, readonly string[]]> {
  const versions = async () => {
    const { assets } = await stage.ask(project => project.history())
    return new Map(
      Object.entries(assets[asset]?.partitions ?? {}).map(([key, { version }]) => [key, version]),
    )
  }
  const before = await versions()
  const done = await act()
  const after = await versions()
  return [done, [...after].flatMap(([key, version]) => (before.get(key) === version ? [] : [key])).sort()]
}

export function unbalanced(report: RunReport): readonly string[] {
  return report.steps.flatMap(({ asset, counts }) =>
    counts && counts.in !== counts.out + counts.refused + counts.deduplicated ? [asset] : [],
  )
}

/** What went wrong in a run, in words; nothing is what a test hopes for. */
export function troubles(report: RunReport): readonly string[] {
  return report.steps.flatMap(({ asset, failure }) =>
    failure ? [`${asset}: ${failure.title} ${failure.why ?? ''}`] : [],
  )
}
