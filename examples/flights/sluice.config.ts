import { defineConfig } from 'sluice'
import { lake } from 'sluice/lake'

export default defineConfig({ name: 'flights', target: lake('./lake') })
