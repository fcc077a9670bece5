import type { Secret } from '../connect/index.ts'
import { failure } from '../errors/index.ts'

/**
 * A secret by the name of its environment variable. A handle: it prints as `[secret]` in text, JSON and
 * `console.log`, and only the connector that needs it opens it, at the moment of use.
 * @example postgres({ url: secret('SHOP_URL') })
 */
export function secret(name: string): Secret {
  if (typeof name !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw failure('SLUICE_SECRET_NAME', {})
  }
  const hidden = () => '[secret]'
  // The last key is what Node's `console.log` and `util.inspect` ask.
  const handle = { kind: 'secret' as const, name, toString: hidden, toJSON: hidden }
  return Object.freeze({ ...handle, [Symbol.for('nodejs.util.inspect.custom')]: hidden })
}
