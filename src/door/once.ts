/**
 * What was opened, closed. What was never opened, or could not be, has nothing to close: whoever asked for it
 * was told why.
 */
export async function closing<T extends { close(): Promise<void> }>(made: Promise<T> | undefined) {
  await made?.then(
    open => open.close(),
    () => undefined,
  )
}

/**
 * A function that makes its value on the first call; `made` is that value's promise, if it was asked for.
 * What could not be made is tried again on the next call.
 */
export type Once<T> = (() => Promise<T>) & { readonly made: Promise<T> | undefined }

export function once<T>(make: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined
  const get = () => {
    if (made) return made
    const making = make()
    made = making
    making.catch(() => {
      made = undefined
    })
    return making
  }
  return Object.defineProperty(get, 'made', { get: () => made }) as Once<T>
}
