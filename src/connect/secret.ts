/**
 * A handle to a secret. It prints as `[secret]` everywhere; only a connector opens it, at the moment of use.
 */
export type Secret = {
  readonly kind: 'secret'
  readonly name: string
  toString(): string
  toJSON(): string
}
