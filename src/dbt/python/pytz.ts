import { Dict, HOST, type Host, type HostType, PySet, raise, repr, type Value } from '../../jinja/index.ts'
import { hostType } from '../context/host.ts'
import { callable } from '../../jinja/index.ts'
import { builtinClass } from './builtin.ts'
import { wantInt } from './datetime/arguments.ts'
import { microsPerHour } from './datetime/duration.ts'
import { abbreviationAt } from './pytz/abbreviation.ts'
import { Rules } from './pytz/named.ts'
import { countries, zoneNames } from './pytz/names.ts'
import { fixedOffset, staticZone, utcZone } from './pytz/steady.ts'
import type { Zone } from './datetime/zone.ts'

/** `modules.pytz`, with the names that pytz exports. Each zone is made once, when it is first asked for. */
export function pytzModule(): Dict {
  const marked = zoneNames.trim().split(/\s+/)
  const all = marked.map(name => name.replace('~', ''))
  const common = marked.filter(name => !name.startsWith('~'))
  const atlas = atlasOf(countries)
  return Dict.of([
    ['timezone', timezoneFunction(all)],
    ['utc', utcZone],
    ['country_timezones', new Atlas('pytz._CountryTimezoneDict', atlas.zones)],
    ['country_names', new Atlas('pytz._CountryNameDict', atlas.names)],
    ...['AmbiguousTimeError', 'InvalidTimeError', 'NonExistentTimeError', 'UnknownTimeZoneError'].map(
      (name): [Value, Value] => [name, exception(name)],
    ),
    ['all_timezones', all],
    ['all_timezones_set', PySet.of(all)],
    ['common_timezones', common],
    ['common_timezones_set', PySet.of(common)],
    ['BaseTzInfo', builtinClass({ name: 'pytz.tzinfo.BaseTzInfo', parameters: '', make: () => utcZone })],
    [
      'FixedOffset',
      callable('FixedOffset', 'offset, _tzinfos=None', ([minutes]) => fixedOffset(wantInt(minutes))),
    ],
  ])
}

function timezoneFunction(all: readonly string[]): Value {
  const byLowerCase = new Map(all.map(name => [name.toLowerCase(), name]))
  const zones = new Map<string, Zone>()
  return callable('timezone', 'zone', ([wanted]) => {
    const name = typeof wanted === 'string' ? byLowerCase.get(wanted.toLowerCase()) : undefined
    if (name === undefined) return raise('UnknownTimeZoneError', repr(wanted))
    const zone = zones.get(name) ?? zoneNamed(name)
    zones.set(name, zone)
    return zone
  })
}

/** UTC and Greenwich under all their names, and the zones of ships. */
const steady = /^(?:Etc\/.*|GMT.*|Greenwich|UCT|Universal|Zulu)$/

function zoneNamed(name: string): Zone {
  if (name === 'UTC') return utcZone
  if (!steady.test(name)) return new Rules(name).first
  // POSIX: `Etc/GMT+5` is five hours behind.
  const hours = -Number(/GMT([-+]\d+)$/.exec(name)?.[1] ?? 0)
  const offset = BigInt(hours) * microsPerHour
  return staticZone(name, offset, abbreviationAt(name, 0, offset))
}

/** By the two letters of a country, in any case. */
class Atlas implements Host {
  readonly name: string
  readonly entries: ReadonlyMap<string, Value>
  readonly [HOST]: HostType<Atlas> = atlasType
  constructor(name: string, entries: ReadonlyMap<string, Value>) {
    this.name = name
    this.entries = entries
  }
}

function entryOf({ entries }: Atlas, code: Value): Value | undefined {
  return typeof code === 'string' ? entries.get(code.toUpperCase()) : undefined
}

const atlasType: HostType<Atlas> = hostType<Atlas>(
  'pytz.lazy.LazyDict',
  {
    methods: {
      get: ['key, default=None', (self, [code, other]) => entryOf(self, code) ?? other],
      keys: ['', ({ entries }) => [...entries.keys()]],
      values: ['', ({ entries }) => [...entries.values()]],
    },
  },
  {
    item: entryOf,
    call: (self, [code = null]) => {
      const key = typeof code === 'string' ? code.toUpperCase() : code
      return entryOf(self, code) ?? raise('KeyError', repr(key))
    },
    iterate: ({ entries }) => entries.keys(),
    length: ({ entries }) => entries.size,
    contains: (self, code) => entryOf(self, code) !== undefined,
    is: ['mapping'],
  },
)

function atlasOf(text: string): { names: Map<string, Value>; zones: Map<string, Value> } {
  const names = new Map<string, Value>()
  const zones = new Map<string, Value>()
  for (const [, code = '', name = '', list = ''] of text.matchAll(
    /^ {2}([A-Z]{2}) (.+?):((?:\s+[A-Z][\w/+-]*(?=\s))*)$/gm,
  )) {
    names.set(code, name)
    const found = list.trim().split(/\s+/).filter(Boolean)
    if (found.length > 0) zones.set(code, found)
  }
  return { names, zones }
}

/** An error's class: templates can name it, and cannot raise it. */
function exception(name: string): Value {
  return builtinClass({
    name: `pytz.exceptions.${name}`,
    parameters: '*args',
    make: () => raise('NotImplementedError', `${name} cannot be made in a template`),
  })
}
