/** `1234567` → `1,234,567`. Takes text as well, so that 64-bit counts stay exact. */
export function count(value: number | bigint | string): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** `1 row`, `1,000 rows`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** `512 B` · `1.4 kB` · `38 MB` · `2.1 GB`: powers of a thousand, as `ls --si` and clouds count. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let size = value
  let unit = 0
  for (; size >= 999.5 && unit < units.length - 1; unit++) size /= 1000
  const digits = unit > 0 && size < 9.95 ? 1 : 0
  return `${size.toFixed(digits)} ${units[unit]}`
}

/** `0.31s` · `42.1s` · `2m 05s` · `3h 07m`. */
export function duration(ms: number): string {
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)}s`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`
}

/** `2026-01-31 05:59:01` in UTC: a log is compared with other logs, not with the wall. */
export function moment(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
