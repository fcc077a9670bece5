import { defineConfig } from 'sluice'
import { lake } from 'sluice/lake'

export default defineConfig({
  name: 'shop',
  target: lake('./lake'),
  environments: { dev: {} },
})
