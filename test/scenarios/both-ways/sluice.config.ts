import { defineConfig } from 'sluice'
import { duckdb } from 'sluice/duckdb'

export default defineConfig({ name: 'both-ways', target: duckdb('both-ways.duckdb') })
