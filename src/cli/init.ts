import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { failure } from '../errors/index.ts'
import type { Call } from './call.ts'
import { starter } from './templates.ts'

/** `sluice init`: a project that runs green at once. It never writes over a file. */
export async function init(call: Call): Promise<number> {
  const { out, cwd } = call
  const word = call.words[0] ?? (await call.world.ask('  name of the project: '))
  if (word === undefined || word === '')
    throw failure('SLUICE_CLI_ARGUMENT_MISSING', { argument: 'a name', usage: 'sluice init NAME' })
  const folder = resolve(cwd, word)
  const name = basename(folder)
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) throw failure('SLUICE_CLI_NAME', { name })
  const shown = relative(cwd, folder) || '.'
  const files = write(folder, name, shown)
  if (out.isJson) {
    out.json({ project: name, folder, files })
    return 0
  }
  out.say(`  made  ${out.palette.place(shown)}`)
  out.say(files.map(file => `        ${file}`))
  const command = shown === '.' ? 'sluice run' : `cd ${shown} && sluice run`
  out.say(['', `  ${out.palette.dim('next')}  ${out.palette.place(command)}`])
  return 0
}

/** All files or none: what is there already is looked for before the first is written. */
function write(folder: string, name: string, shown: string): readonly string[] {
  const files = Object.keys(starter)
  const there = files.filter(file => existsSync(join(folder, file)))
  if (there.length > 0) throw failure('SLUICE_CLI_FILE_EXISTS', { files: there, folder: shown })
  for (const [file, text] of Object.entries(starter)) {
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true })
    // wx: a file that came meanwhile is not written over either.
    writeFileSync(path, text.replaceAll('$name', name), { flag: 'wx' })
  }
  return files
}
