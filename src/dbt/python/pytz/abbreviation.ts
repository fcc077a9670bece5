/**
 * What the IANA database calls a zone (`CET`, `EDT`, `+03`): ICU knows only long names in English, so
 * this table goes from those to the short ones. Zones that the database names by their offset are not
 * in it.
 */
const abbreviations: { readonly [longName: string]: string } = {
  'Alaska Daylight Time': 'AKDT',
  'Alaska Standard Time': 'AKST',
  'American Samoa Standard Time': 'SST',
  'Atlantic Daylight Time': 'ADT',
  'Atlantic Standard Time': 'AST',
  'Australian Central Daylight Time': 'ACDT',
  'Australian Central Standard Time': 'ACST',
  'Australian Eastern Daylight Time': 'AEDT',
  'Australian Eastern Standard Time': 'AEST',
  'Australian Western Daylight Time': 'AWDT',
  'Australian Western Standard Time': 'AWST',
  'British Summer Time': 'BST',
  'Central Africa Time': 'CAT',
  'Central Daylight Time': 'CDT',
  'Central European Standard Time': 'CET',
  'Central European Summer Time': 'CEST',
  'Central Indonesia Time': 'WITA',
  'Central Standard Time': 'CST',
  'Chamorro Standard Time': 'ChST',
  'China Daylight Time': 'CDT',
  'China Standard Time': 'CST',
  'Coordinated Universal Time': 'UTC',
  'Cuba Daylight Time': 'CDT',
  'Cuba Standard Time': 'CST',
  'East Africa Time': 'EAT',
  'Eastern Daylight Time': 'EDT',
  'Eastern European Standard Time': 'EET',
  'Eastern European Summer Time': 'EEST',
  'Eastern Indonesia Time': 'WIT',
  'Eastern Standard Time': 'EST',
  'Greenwich Mean Time': 'GMT',
  'Hawaii-Aleutian Daylight Time': 'HDT',
  'Hawaii-Aleutian Standard Time': 'HST',
  'Hong Kong Standard Time': 'HKT',
  'Hong Kong Summer Time': 'HKST',
  'India Standard Time': 'IST',
  'Irish Standard Time': 'IST',
  'Israel Daylight Time': 'IDT',
  'Israel Standard Time': 'IST',
  'Japan Standard Time': 'JST',
  'Korean Daylight Time': 'KDT',
  'Korean Standard Time': 'KST',
  'Mexican Pacific Daylight Time': 'MDT',
  'Mexican Pacific Standard Time': 'MST',
  'Moscow Standard Time': 'MSK',
  'Moscow Summer Time': 'MSD',
  'Mountain Daylight Time': 'MDT',
  'Mountain Standard Time': 'MST',
  'New Zealand Daylight Time': 'NZDT',
  'New Zealand Standard Time': 'NZST',
  'Newfoundland Daylight Time': 'NDT',
  'Newfoundland Standard Time': 'NST',
  'Pacific Daylight Time': 'PDT',
  'Pacific Standard Time': 'PST',
  'Pakistan Standard Time': 'PKT',
  'Pakistan Summer Time': 'PKST',
  'Philippine Standard Time': 'PST',
  'South Africa Standard Time': 'SAST',
  'Taipei Standard Time': 'CST',
  'Taiwan Standard Time': 'CST',
  'West Africa Time': 'WAT',
  'Western European Standard Time': 'WET',
  'Western European Summer Time': 'WEST',
  'Western Indonesia Time': 'WIB',
  'Yukon Time': 'MST',
}

/**
 * Zones whose long name is that of a neighbour with a short name, though the database gives them their
 * offset.
 */
const unnamed = new Set(['Antarctica/Casey', 'Antarctica/Troll', 'Asia/Colombo', 'Europe/Minsk'])
/** ICU has no name for the summer of these; the database gives them London's. */
const asLondon = new Set(['Europe/Guernsey', 'Europe/Isle_of_Man', 'Europe/Jersey'])

const microsPerMinute = 60_000_000n

/** The short name at a moment (Unix milliseconds), whose offset is known. */
export function abbreviationAt(zone: string, ms: number, offset: bigint): string {
  return shortName(zone, longNameAt(longNames(zone), ms), offset)
}

/** The short name of a long one. */
export function shortName(zone: string, long: string, offset: bigint): string {
  if (/^(?:Etc\/)?(?:GMT[-+]?0?|Greenwich)$/.test(zone)) return 'GMT'
  if (asLondon.has(zone) && offset > 0n) return 'BST'
  const short = Object.hasOwn(abbreviations, long) ? abbreviations[long] : undefined
  return unnamed.has(zone) || short === undefined ? numeric(offset) : short
}

/** Whether clocks are put forward then. */
export function isSummer(zone: string, long: string): boolean {
  return / (Daylight|Summer) /.test(long) || (asLondon.has(zone) && long === 'GMT+01:00')
}

/** The long name in summer of what is called that in winter. */
export function summerOf(long: string): string {
  const names = ['Daylight', 'Summer'].map(word => long.replace(/ (?:Standard|Mean) /, ` ${word} `))
  if (long === 'Greenwich Mean Time') return 'British Summer Time'
  return names.find(name => name !== long && Object.hasOwn(abbreviations, name)) ?? long
}

/** How ICU words a zone's long names. */
export function longNames(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'long' })
}

export function longNameAt(names: Intl.DateTimeFormat, ms: number): string {
  return names.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

/** `+0530`, `-03`. */
function numeric(offset: bigint): string {
  const minutes = Number((offset < 0n ? -offset : offset) / microsPerMinute)
  const two = (value: number) => String(value).padStart(2, '0')
  const rest = minutes % 60 === 0 ? '' : two(minutes % 60)
  return `${offset < 0n ? '-' : '+'}${two(Math.floor(minutes / 60))}${rest}`
}
