import { defineConfig } from 'sluice'
import { lake } from 'sluice/lake'

export default defineConfig({ name: 'sensors', target: lake('./lake'), environments: { dev: {} } })
