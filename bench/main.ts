// `npm run bench [name…]`: every bench/*.bench.ts in a process of its own, so that one's heap is not
// another's figure.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { argv, execPath, exit, stderr, stdout } from 'node:process'
import type { Bench } from './bench.ts'
import { isMet, lines } from './print.ts'

const folder = import.meta.dirname
const names = readdirSync(folder).flatMap(file => /^(.+)\.bench\.ts$/.exec(file)?.[1] ?? [])

exit(argv[2] === '--inside' ? await measure(argv[3] ?? '') : all(argv.slice(2)))

function all(wanted: readonly string[]): number {
  const unknown = wanted.find(name => !names.includes(name))
  if (unknown !== undefined) {
    stderr.write(`No benchmark is called \`${unknown}\`. There are: ${names.join(', ')}\n`)
    return 2
  }
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor'
  stdout.write(`Node ${process.versions.node}, ${cpus().length} × ${processor}\n`)
  const chosen = wanted.length > 0 ? wanted : names
  const missed = chosen.filter(name => {
    const args = ['--expose-gc', join(folder, 'main.ts'), '--inside', name]
    return spawnSync(execPath, args, { stdio: 'inherit' }).status !== 0
  })
  stdout.write(missed.length === 0 ? '\nevery gate is met\n' : `\nnot met: ${missed.join(', ')}\n`)
  return missed.length === 0 ? 0 : 1
}

async function measure(name: string): Promise<number> {
  const { bench } = (await import(`./${name}.bench.ts`)) as { bench: Bench }
  stdout.write(`\n${bench.name}  ${bench.gate}\n`)
  const figures = await bench.run()
  for (const line of lines(figures)) stdout.write(`  ${line}\n`)
  return figures.every(isMet) ? 0 : 1
}
