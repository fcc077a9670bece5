import { defineConfig } from 'sluice'
import { lake } from 'sluice/lake'

export default defineConfig({ name: 'care', target: lake('./lake') })
