import { defineConfig } from 'sluice'
import { lake } from 'sluice/lake'

export default defineConfig({ name: 'medallion', target: lake('./lake') })
