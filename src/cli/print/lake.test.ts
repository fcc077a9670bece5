import { expect, test } from 'vitest'
import { historyRows, repairLines, wouldLines } from './lake.ts'

const what = (metrics: { readonly [name: string]: string }) =>
  historyRows([
    { version: 1, atMs: 0, operation: 'X', run: undefined, metrics, parameters: {}, engine: 'e' },
  ])[0]?.[3]

test('a version says what changed, and not what was only copied from one file into another', () => {
  expect(what({ numOutputRows: '12', numCopiedRows: '10', numDeletedRows: '1', numAddedFiles: '1' })).toBe(
    '2 rows written, 1 deleted, 1 file added',
  )
  expect(what({ numOutputRows: '10', numCopiedRows: '10', numDeletedRows: '1', numAddedFiles: '1' })).toBe(
    '1 deleted, 1 file added',
  )
  const merged = { numTargetRowsInserted: '1', numTargetRowsUpdated: '2', numTargetRowsDeleted: '0' }
  expect(what({ ...merged, numTargetRowsCopied: '7', numOutputRows: '10', numTargetFilesAdded: '3' })).toBe(
    '1 inserted, 2 updated, 3 files added',
  )
  expect(what({ numOutputRows: '3', numFiles: '1' })).toBe('3 rows written')
  expect(what({ numOutputRows: 'many', numAddedFiles: '2' })).toContain('2 files added')
  expect(what({})).toBe('')
})

test('a repair says what it took, and a dry one what it would take', () => {
  expect(repairLines('a.b', { version: undefined, files: 0, rows: 0 })).toEqual([])
  expect(repairLines('a.b', { version: 4, files: 2, rows: 1200 })).toEqual([
    '  a.b: 2 missing files with 1,200 rows taken from the table, version 4',
  ])
  const flaw = { words: 'w', fix: 'f' }
  expect(wouldLines([{ ...flaw, kind: 'file size' }])).toEqual([])
  expect(wouldLines([{ ...flaw, kind: 'file missing' }])).toEqual([
    '      1 missing file would be taken from the table',
  ])
})
