import { defineConfig } from 'sluice'
import { duckdb } from 'sluice/duckdb'

export default defineConfig({ name: 'api', target: duckdb('api.duckdb') })
