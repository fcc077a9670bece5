import { defineConfig } from 'sluice'
import { duckdb } from 'sluice/duckdb'

export default defineConfig({ name: 'readings', target: duckdb('readings.duckdb') })
