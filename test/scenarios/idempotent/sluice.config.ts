import { defineConfig } from 'sluice'
import { duckdb } from 'sluice/duckdb'

export default defineConfig({ name: 'idempotent', target: duckdb('idempotent.duckdb') })
