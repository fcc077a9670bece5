// Written by `sluice check`: the rows of every asset, as its SQL or its contract makes them. Do not edit.
export {}

declare module 'sluice' {
  interface Assets {
    /** Punctuality of each airport over the whole time, from 0 to 1. */
    "marts.airport_scores": {
      airport: string
      flights: bigint | null
      score: number | null
      _loaded_at: string
      _source: string | null
    }
    /** The airports as they were known at any time: one row per version. */
    "marts.airports_history": {
      iata: string | null
      name: string | null
      city: string | null
      state: string | null
      country: string | null
      latitude: string | null
      longitude: string | null
      valid_from: string
      valid_to: string | null
      is_current: boolean
    }
    /** How punctual each airport was on each day. Late: fifteen minutes or more after schedule. */
    "marts.on_time_daily": {
      airport: string
      day: string | null
      flights: bigint | null
      late_flights: bigint | null
      mean_delay_minutes: number | null
      miles: bigint
    }
    /** Every pair of airports that was flown, with how often. */
    "marts.routes": {
      origin: string | null
      destination: string | null
      flights: bigint | null
      miles: number | null
    }
    /** Airports of the United States and its territories. */
    "raw.airports": {
      iata: string
      name: string | null
      city: string | null
      state: string | null
      country: string | null
      latitude: number | null
      longitude: number | null
      _loaded_at: string
      _source: string | null
    }
    /** Collisions of aircraft with wildlife, as reported to the US Federal Aviation Administration. */
    "raw.birdstrikes": {
      airport: string
      aircraft: string | null
      damage: string
      struck_on: string
      operator: string | null
      state: string | null
      phase: string | null
      species: string | null
      cost_dollars: string
      speed_knots: number | null
      _loaded_at: string
      _source: string | null
    }
    /** Domestic flights of the first half of 2001, as the US Bureau of Transportation Statistics published them. */
    "raw.flights": {
      date: string | null
      delay: bigint | null
      distance: bigint | null
      origin: string | null
      destination: string | null
      _loaded_at: string
      _source: string | null
    }
    /** One row per airport. */
    "staging.airports": {
      iata: string
      name: string
      city: string | null
      state: string | null
      country: string | null
      latitude: string | null
      longitude: string | null
    }
    /** Reported wildlife strikes, with the airline's name as people write it. */
    "staging.birdstrikes": {
      airport: string | null
      aircraft: string | null
      damage: string | null
      struck_on: string | null
      operator: string | null
      state: string | null
      cost_dollars: string | null
    }
    /** One row per flight: exact duplicates dropped, names and types as the marts use them. */
    "staging.flights": {
      /** Local time of departure, to the minute. */
      departed_at: string
      day: string
      /** Negative: early. */
      delay_minutes: number
      distance_miles: number | null
      /** IATA code. */
      origin: string | null
      /** IATA code. */
      destination: string | null
    }
  }
}
