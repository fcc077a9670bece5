import { defineConfig } from 'sluice'
import { duckdb } from 'sluice/duckdb'

export default defineConfig({ name: 'contract', target: duckdb('contract.duckdb') })
