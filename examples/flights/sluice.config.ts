import { defineConfig } from 'sluice'
import { duckdb } from 'sluice/duckdb'

export default defineConfig({ name: 'flights', target: duckdb('flights.duckdb') })
