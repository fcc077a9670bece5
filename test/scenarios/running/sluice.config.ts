import { defineConfig } from 'sluice'
import { lake } from 'sluice/lake'

export default defineConfig({ name: 'running', target: lake('./lake') })
