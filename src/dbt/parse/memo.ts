/** Made once for each key. */
export function memo<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>()
  return key => {
    const before = known.get(key)
    if (before !== undefined) return before
    const made = make(key)
    known.set(key, made)
    return made
  }
}

/** Made once for each pair of keys. */
export function memo2<T>(make: (a: string, b: string) => T): (a: string, b: string) => T {
  const known = memo((a: string) => memo((b: string) => make(a, b)))
  return (a, b) => known(a)(b)
}
