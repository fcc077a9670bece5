import { defineConfig } from 'sluice'
import { duckdb } from 'sluice/duckdb'

export default defineConfig({ name: 'backfill', target: duckdb('backfill.duckdb') })
