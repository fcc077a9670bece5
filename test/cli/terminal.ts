import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../../src/cli/index.ts'
import { type PaperWishes, paperWorld } from './paper.ts'

/** A folder and a person who types commands in it. */
export type Terminal = {
  readonly folder: string
  /** What stands on the screen afterwards, words and answers as they came; then the exit code. */
  readonly type: (...argv: readonly string[]) => Promise<string>
  /** The two streams apart, as they are. */
  readonly pipe: (...argv: readonly string[]) => Promise<{ code: number; stdout: string; stderr: string }>
  readonly close: () => void
}

/** `wishes`: a person at a real terminal, say, or something on standard input. */
export function openTerminal(wishes: PaperWishes = {}): Terminal {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-terminal-'))
  const pipe = async (...argv: readonly string[]) => {
    const paper = paperWorld({ nowMs: () => Date.now(), ...wishes, cwd: folder })
    const code = await main(argv, paper.world)
    return { code, stdout: paper.stdout(), stderr: paper.stderr() }
  }
  const type = async (...argv: readonly string[]) => {
    const screen: string[] = []
    const paper = paperWorld({
      nowMs: () => Date.now(),
      ...wishes,
      cwd: folder,
      onWrite: text => screen.push(text),
    })
    const code = await main(argv, paper.world)
    return timeless(`${screen.join('')}exit ${code}`).replaceAll(folder, '[folder]')
  }
  return { folder, type, pipe, close: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Times, ids and the person differ from run to run; the words around them must not. */
function timeless(text: string): string {
  return text
    .replaceAll(/(?<=\S) +(?=\d+\.\d+s\b)/g, ' ')
    .replaceAll(/\b\d+\.\d+s\b/g, '[time]')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '[moment]')
    .replaceAll(/\b01[0-9a-hjkmnp-tv-z]{14}\b/g, '[run]')
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '[id]')
    .replaceAll(/by \S+ \(/g, 'by [actor] (')
}
