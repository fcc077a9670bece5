/** A function that makes its value on the first call; `made` is that value's promise, if it was asked for. */
export type Once<T> = (() => Promise<T>) & { readonly made: Promise<T> | undefined }

export function once<T>(make: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined
  const get = () => {
    made ??= make()
    return made
  }
  return Object.defineProperty(get, 'made', { get: () => made }) as Once<T>
}
