/** `repr(float)`: the shortest digits that give it back. */
export function printFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const plain = String(value)
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-4 && size < 1e16)) return plain.includes('.') ? plain : `${plain}.0`
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  return `${digits}e${printExponent(Number(exponent))}`
}

/** At least two digits, and always a sign. */
export function printExponent(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}
