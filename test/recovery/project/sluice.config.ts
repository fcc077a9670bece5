import { defineConfig } from 'sluice'
import { duckdb } from 'sluice/duckdb'

export default defineConfig({ name: 'recovery', target: duckdb('recovery.duckdb') })
