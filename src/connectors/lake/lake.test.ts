import { test } from 'vitest'
import { targetSuites } from '../../testing/index.ts'
import { fresh, strategies } from './conform.ts'

for (const { name, run } of targetSuites({ fresh, strategies })) test(`lake ${name}`, run)
