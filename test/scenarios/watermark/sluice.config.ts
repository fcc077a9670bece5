import { defineConfig } from 'sluice'
import { duckdb } from 'sluice/duckdb'

export default defineConfig({ name: 'watermark', target: duckdb('watermark.duckdb') })
