import { Failure, failure } from '../errors/index.ts'

/**
 * The connector keeps this promise, or the case fails with both sides told. Compared as JSON: suites hold
 * text and counts.
 */
export function same(promise: string, found: unknown, wanted: unknown): void {
  const [is, should] = [plain(found), plain(wanted)]
  if (is !== should)
    throw failure('SLUICE_CONFORMANCE', { promise, found: `found ${is}, expected ${should}` })
}

export function holds(promise: string, kept: boolean, found: string): void {
  if (!kept) throw failure('SLUICE_CONFORMANCE', { promise, found })
}

/** The act is refused with a failure of the catalogue; returns its code. */
export async function refuses(promise: string, act: () => Promise<unknown>): Promise<string> {
  const thrown = await act().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (thrown instanceof Failure) return thrown.code
  // Two copies of the package have two classes; the code is what counts.
  const code = (thrown as { readonly code?: unknown } | undefined)?.code
  const found = thrown === undefined ? 'it was accepted' : `it threw ${String(thrown)}`
  if (typeof code !== 'string' || !code.startsWith('SLUICE_'))
    throw failure('SLUICE_CONFORMANCE', { promise, found })
  return code
}

function plain(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`
    if (inner instanceof Uint8Array) return `bytes ${inner.join(' ')}`
    return inner === undefined ? 'undefined' : inner
  })
}
