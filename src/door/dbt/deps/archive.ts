import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { failure } from '../../../errors/index.ts'

/** A packed package may unfold to so much at most. */
const bytesMax = 500_000_000
const blockBytes = 512

/**
 * Unfold a gzipped tar file (POSIX ustar, with the long names of GNU and pax) into a folder, without its
 * uppermost folder. Only files and folders are made; a name that leads outside is refused, and links are
 * left out.
 */
export function unpack(packed: Uint8Array, folder: string, name: string): void {
  const bytes = gunzipSync(packed, { maxOutputLength: bytesMax })
  let longName: string | undefined
  for (let at = 0; at + blockBytes <= bytes.length; ) {
    const head = bytes.subarray(at, at + blockBytes)
    const type = String.fromCharCode(head[156] ?? 0)
    const size = Number.parseInt(textIn(head, 124, 12).trim() || '0', 8)
    if (head.every(byte => byte === 0)) break
    const content = bytes.subarray(at + blockBytes, at + blockBytes + size)
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes
    if (type === 'L') longName = textIn(content, 0, content.length)
    else if (type === 'x') longName = paxPath(content) ?? longName
    else {
      const path =
        longName ?? [textIn(head, 345, 155), textIn(head, 0, 100)].filter(part => part !== '').join('/')
      longName = undefined
      if (type === '0' || type === '\0') place(folder, { path, name, content })
    }
  }
}

function place(
  folder: string,
  { path, name, content }: { readonly path: string; readonly name: string; readonly content: Uint8Array },
): void {
  const inner = normalize(path).split(/[\\/]/).slice(1).join('/')
  if (inner === '') return
  const isOutside = path.startsWith('/') || /^[a-z]:/i.test(path) || path.split(/[\\/]/).includes('..')
  if (isOutside)
    throw failure('SLUICE_DBT_PACKAGE', {
      name,
      words: 'Its archive holds a file that would lie outside of its folder.',
    })
  const file = join(folder, inner)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

function textIn(bytes: Uint8Array, start: number, length: number): string {
  const part = bytes.subarray(start, start + length)
  const end = part.indexOf(0)
  return new TextDecoder().decode(end < 0 ? part : part.subarray(0, end))
}

/** `27 path=long/name\n` among the records of a pax header. */
function paxPath(content: Uint8Array): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]+)\n/.exec(new TextDecoder().decode(content))?.[1]
}
