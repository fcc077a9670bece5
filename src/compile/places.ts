import type { At, Declaration } from '../model/index.ts'
import { atOffset, lineStarts } from '../sql/index.ts'

/**
 * Where something in a query stands. A query from a template has no file of its own: it is told by the
 * asset's place.
 */
export type Places = (offset: number | undefined, length?: number) => At

export function placesIn(text: string, at: At): Places {
  let starts: readonly number[] | undefined
  return (offset, length) => {
    if (offset === undefined) return at
    starts ??= lineStarts(text)
    return atOffset({ file: at.file, starts }, offset, length ?? wordAt(text, offset))
  }
}

export function placesOf({ body, at }: Declaration): Places {
  return body.kind === 'sql' && body.origin === 'file' ? placesIn(body.text, at) : () => at
}

/** Length of the identifier, text or sign at an offset, so that a frame can underline it. */
function wordAt(text: string, offset: number): number {
  const word = /^(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[\p{L}\p{N}_$]+)/u.exec(text.slice(offset, offset + 200))
  return word?.[0].length ?? 1
}
