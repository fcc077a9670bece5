import { randomBytes } from 'node:crypto'

/** Uniform in [0, 1), 32 bits. */
export function random(): number {
  return randomBytes(4).readUInt32BE() / 2 ** 32
}
