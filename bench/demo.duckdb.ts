import { DuckDBInstance } from '@duckdb/node-api'
import { data } from '../examples/flights/data.ts'

// The flights demo as somebody would write it straight on DuckDB: `node demo.duckdb.ts bare|audited <file>`.
// One process, one connection, one statement after the other; `audited` adds each check of the example as a
// query of its own.
const [how = 'bare', file = ':memory:'] = process.argv.slice(2)

const build = [
  'create schema raw',
  'create schema staging',
  'create schema marts',
  `create table raw.flights as select *, now() as _loaded_at, 'flights' as _source from '${data('flights-3m.parquet')}'`,
  `create table raw.airports as select *, now() as _loaded_at, 'airports' as _source from '${data('airports.csv')}'`,
  `create table raw.birdstrikes as select *, now() as _loaded_at, 'strikes' as _source from '${data('birdstrikes.csv')}'
   where "Effect Amount of damage" in ('None', 'Minor', 'Medium', 'Substantial')`,
  `create table staging.flights as select distinct date as departed_at, date::date as day, delay::integer as delay_minutes,
   distance::integer as distance_miles, origin, destination from raw.flights`,
  `create table staging.airports as select trim(iata) as iata, trim(name) as name, trim(city) as city, trim(state) as state,
   country, latitude::decimal(9, 6) as latitude, longitude::decimal(9, 6) as longitude from raw.airports`,
  `create table marts.airports_history as select *, now() as valid_from, null::timestamptz as valid_to, true as is_current
   from staging.airports`,
  `create table marts.on_time_daily as select origin as airport, day, count(*) as flights,
   count(*) filter (delay_minutes >= 15) as late_flights, round(avg(delay_minutes), 2) as mean_delay_minutes,
   sum(distance_miles) as miles from staging.flights group by all`,
  `create table marts.routes as select origin, destination, count(*) as flights,
   any_value(distance_miles order by distance_miles) as miles from staging.flights group by origin, destination`,
  `create table marts.airport_scores as select airport, sum(flights) as flights, 1 - sum(late_flights) / sum(flights) as score
   from marts.on_time_daily group by airport`,
  `copy marts.routes to '${file}.csv'`,
]

const rows = (table: string, bad: string) => `select count(*) from ${table} where ${bad}`
const twice = (table: string, key: string) =>
  `select count(*) from (select ${key} from ${table} group by all having count(*) > 1)`
const orphans = (column: string) =>
  `select count(*) from staging.flights f where not exists (select 1 from staging.airports a where a.iata = f.${column})`

const checks = [
  'select count(*) from raw.flights',
  twice('raw.airports', 'iata'),
  ...[
    'departed_at is null',
    'day is null',
    "day not between '2001-01-01' and '2001-07-01'",
    'delay_minutes is null',
    'delay_minutes not between -90 and 1440',
    'distance_miles not between 1 and 5000',
    "not regexp_matches(origin, '^[A-Z]{3}$')",
    "not regexp_matches(destination, '^[A-Z]{3}$')",
  ].map(bad => rows('staging.flights', bad)),
  orphans('origin'),
  orphans('destination'),
  ...[
    'iata is null',
    'name is null',
    'length(state) <> 2',
    'latitude not between -90 and 90',
    'longitude not between -180 and 180',
  ].map(bad => rows('staging.airports', bad)),
  twice('staging.airports', 'iata'),
  ...['airport is null', 'flights < 1', 'late_flights < 0', 'miles is null'].map(bad =>
    rows('marts.on_time_daily', bad),
  ),
  twice('marts.routes', 'origin, destination'),
  rows('marts.routes', 'flights < 1'),
  twice('marts.airport_scores', 'airport'),
  rows('marts.airport_scores', 'score not between 0 and 1'),
]

const instance = await DuckDBInstance.create(file)
const connection = await instance.connect()
for (const sql of [...build, ...(how === 'audited' ? checks : [])]) await connection.run(sql)
connection.closeSync()
instance.closeSync()
