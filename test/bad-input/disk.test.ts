import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, type TestContext } from 'vitest'
import { openShop, type Shop, type Tree } from './shop.ts'

const bin = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url))
let shop: Shop
afterEach(() => shop?.close())

/** A user and mount namespace of its own: what is mounted there is not seen here. */
const ownMounts = ['--user', '--map-root-user', '--mount']
const probe = spawnSync('unshare', [...ownMounts, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt'], {
  encoding: 'utf8',
})

/** The script's screen; `sluice` in it is the command line as a process of its own. */
function screen(context: TestContext, tree: Tree, script: string): string {
  const why = probe.error?.message ?? String(probe.stderr)
  if (probe.status !== 0) context.skip(`no mounts in a user namespace here: ${why}`)
  shop = openShop(tree)
  mkdirSync(join(shop.folder, 'disk'))
  const run = `${process.execPath} ${bin} "$@" 2>&1`
  const said = `sluice() { ${run} && echo "exit 0" || echo "exit $?"; }\n${script}`
  const { status, stdout, stderr } = spawnSync('unshare', [...ownMounts, 'sh', '-euc', said], {
    cwd: shop.folder,
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout
    .replaceAll(shop.folder, '[folder]')
    .replaceAll(/(?<=\S) +(?=\d+\.\d+s\b)/g, ' ')
    .replaceAll(/\d+\.\d+s/g, '[time]')
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '[id]')
}

const onSmallDisk = {
  'sluice.config.ts': `import { defineConfig } from 'sluice'
import { duckdb } from 'sluice/duckdb'
export default defineConfig({ name: 'shop', target: duckdb('disk/shop.duckdb'), limits: { stepsMax: 1 } })
`,
  'rows.txt': '1000\n',
  'assets/raw/orders.ts': `import { readFileSync } from 'node:fs'
import { ingest } from 'sluice'
export default ingest(async function* () {
  const rows = Number(readFileSync('rows.txt', 'utf8'))
  for (let id = 0; id < rows; id++) yield { id, hash: ((id + 1) * 2654435761 % 4294967296).toString(36).repeat(3) }
}, { key: 'id', write: 'merge' })
`,
  'assets/marts/total.sql':
    '-- @key one\nselect 1 as one, count(*) as orders, sum(id) as ids from raw.orders\n',
} as const satisfies Tree

const onSmallLake = {
  ...onSmallDisk,
  'sluice.config.ts': onSmallDisk['sluice.config.ts']
    .replaceAll(/\bduckdb\b/g, 'lake')
    .replace('disk/shop.lake', 'disk/lake'),
} as const satisfies Tree

test('a disk that fills up under the lake', context => {
  const script = `
mount -t tmpfs -o size=1m tmpfs disk
sluice run
echo 300000 > rows.txt
sluice run
sluice sql 'from marts.total' --csv
sluice lake fsck
mount -o remount,size=64m disk
sluice run
sluice sql 'from marts.total' --csv
sluice lake fsck`
  expect(screen(context, onSmallLake, script)).toMatchInlineSnapshot(`
    "  shop → lake disk/lake

      ✓ raw.orders       1,000 rows [time]
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed [time]
            tables in lake disk/lake
      next  sluice show marts.total
    exit 0
      shop → lake disk/lake

      ✗ raw.orders [time]  The disk under \`[folder]/disk/lake\` is full.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error The disk under \`[folder]/disk/lake\` is full.
      Nothing of this step was kept; readers see the last good version.
      fix  Free some room and run again: \`df -h [folder]/disk/lake\`.
      SLUICE_TARGET_DISK_FULL · sluice explain SLUICE_TARGET_DISK_FULL

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 3
    one,orders,ids
    1,1000,499500
    exit 0
      ✓ raw.orders
      ✓ marts.total
    exit 0
      shop → lake disk/lake

      ✓ raw.orders     300,000 rows [time]
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed [time]
            tables in lake disk/lake
      next  sluice show marts.total
    exit 0
    one,orders,ids
    1,300000,44999850000
    exit 0
      ✓ raw.orders
      ✓ marts.total
    exit 0
    "
  `)
})

test('a lake that can only be read', context => {
  const script = `
mount -t tmpfs -o size=64m tmpfs disk
sluice run
mount -o remount,ro disk
sluice plan
sluice run --force
sluice sql 'from marts.total' --csv
mount -o remount,rw disk
sluice run --force`
  expect(screen(context, onSmallLake, script)).toMatchInlineSnapshot(`
    "  shop → lake disk/lake

      ✓ raw.orders       1,000 rows [time]
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed [time]
            tables in lake disk/lake
      next  sluice show marts.total
    exit 0
      shop → lake disk/lake

      > raw.orders [time]  its source cannot say whether it changed
      ? marts.total [time]  \`raw.orders\` may change

      2 assets, 2 steps, about [time]

      next  sluice run
    exit 0
      shop → lake disk/lake

      = raw.orders   unchanged
      ✗ marts.total [time]  \`[folder]/disk/lake/marts/total/.sluice-writing\` cannot be read or written.

      ✗ marts.total
    error \`[folder]/disk/lake/marts/total/.sluice-writing\` cannot be read or written.
      EROFS
      ╰─ EROFS: read-only file system, mkdir '[folder]/disk/lake/marts/total/.sluice-writing/[id]'
      fix  Look at the disk and at the rights of this user there.
      SLUICE_OBJECT_DISK · sluice explain SLUICE_OBJECT_DISK

      failed  1 asset, 0 checks, 1 failed, 1 up to date [time]
      next  sluice run  goes on where this run stopped
    exit 3
    one,orders,ids
    1,1000,499500
    exit 0
      shop → lake disk/lake

      = raw.orders   unchanged
      = marts.total  unchanged

      done  0 assets, 0 checks, 0 failed, 2 up to date [time]
            tables in lake disk/lake
    exit 0
    "
  `)
})

test('a disk that fills up under the database file', context => {
  const script = `
mount -t tmpfs -o size=6m tmpfs disk
sluice run
echo 300000 > rows.txt
sluice run
sluice sql 'from marts.total' --csv
mount -o remount,size=64m disk
sluice run
sluice sql 'from marts.total' --csv`
  expect(screen(context, onSmallDisk, script)).toMatchInlineSnapshot(`
    "  shop → duckdb disk/shop.duckdb

      ✓ raw.orders       1,000 rows [time]
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed [time]
            tables in duckdb disk/shop.duckdb
      next  sluice show marts.total
    exit 0
      shop → duckdb disk/shop.duckdb

      ✗ raw.orders [time]  The disk under \`[folder]/disk/shop.duckdb\` is full.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error The disk under \`[folder]/disk/shop.duckdb\` is full.
      Nothing of this step was kept; readers see the last good version.
      fix  Free some room and run again: \`df -h [folder]/disk/shop.duckdb\`.
      SLUICE_TARGET_DISK_FULL · sluice explain SLUICE_TARGET_DISK_FULL

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 3
    one,orders,ids
    1,1000,499500
    exit 0
      shop → duckdb disk/shop.duckdb

      ✓ raw.orders     300,000 rows [time]
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed [time]
            tables in duckdb disk/shop.duckdb
      next  sluice show marts.total
    exit 0
    one,orders,ids
    1,300000,44999850000
    exit 0
    "
  `)
})

test('a disk that fills up under the ledger, before a run and in the middle of one', context => {
  const tree = {
    ...onSmallDisk,
    'assets/raw/orders.ts': `import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { ingest } from 'sluice'
export default ingest(async function* () {
  const rows = Number(readFileSync('rows.txt', 'utf8'))
  for (let id = 0; id < rows; id++) yield { id }
  if (!existsSync('fill')) return
  try {
    for (;;) appendFileSync('.sluice/filler', Buffer.alloc(4096))
  } catch (thrown) {
    if (thrown.code !== 'ENOSPC') throw thrown
  }
}, { key: 'id', write: 'merge' })
`,
  }
  const script = `
mkdir -p .sluice
mount -t tmpfs -o size=2m tmpfs .sluice
sluice run
dd if=/dev/zero of=.sluice/filler bs=4k 2>/dev/null || true
sluice run
rm .sluice/filler
touch fill
echo 2000 > rows.txt
sluice run
rm .sluice/filler fill
sluice run
sluice sql 'from marts.total' --csv`
  expect(screen(context, tree, script)).toMatchInlineSnapshot(`
    "  shop → duckdb disk/shop.duckdb

      ✓ raw.orders       1,000 rows [time]
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed [time]
            tables in duckdb disk/shop.duckdb
      next  sluice show marts.total
    exit 0
      shop → duckdb disk/shop.duckdb

    error There is no room on the disk of the ledger \`[folder]/.sluice/ledger.sqlite\`.
      What was being recorded is not recorded; everything before it is.
      ╰─ disk I/O error
      fix  Free some space on that disk and run again.
      SLUICE_LEDGER_FULL · sluice explain SLUICE_LEDGER_FULL
    exit 3
      shop → duckdb disk/shop.duckdb

    error There is no room on the disk of the ledger \`[folder]/.sluice/ledger.sqlite\`.
      What was being recorded is not recorded; everything before it is.
      ╰─ database or disk is full
      fix  Free some space on that disk and run again.
      SLUICE_LEDGER_FULL · sluice explain SLUICE_LEDGER_FULL
    exit 3
      shop → duckdb disk/shop.duckdb

      ✓ raw.orders       2,000 rows [time]
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed [time]
            tables in duckdb disk/shop.duckdb
      next  sluice show marts.total
    exit 0
    one,orders,ids
    1,2000,1999000
    exit 0
    "
  `)
})

test('a folder that can only be read', context => {
  const script = `
sluice run
mount --bind . .
mount -o remount,ro,bind "$PWD"
cd "$PWD"
sluice check
sluice plan
sluice sql 'from marts.total' --csv
sluice run --force
mount -o remount,rw,bind "$PWD"
sluice run --force`
  expect(screen(context, onSmallDisk, script)).toMatchInlineSnapshot(`
    "  shop → duckdb disk/shop.duckdb

      ✓ raw.orders       1,000 rows [time]
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed [time]
            tables in duckdb disk/shop.duckdb
      next  sluice show marts.total
    exit 0
      ! \`sluice.d.ts\` cannot be written. Make the project writable for you; without this file only editors lack the types of SQL assets.

      shop → duckdb disk/shop.duckdb

      right  2 assets, 1 edge, 0 checks, 0 errors [time]
    exit 0
      shop → duckdb disk/shop.duckdb

      > raw.orders [time]  its source cannot say whether it changed
      ? marts.total [time]  \`raw.orders\` may change

      2 assets, 2 steps, about [time]

      next  sluice run
    exit 0
    one,orders,ids
    1,1000,499500
    exit 0
      shop → duckdb disk/shop.duckdb

    error The ledger \`[folder]/.sluice/ledger.sqlite\` cannot be written.
      unable to open database file
      fix  Make the folder of \`[folder]/.sluice/ledger.sqlite\` writable for you, or run where it is.
      SLUICE_LEDGER_UNWRITABLE · sluice explain SLUICE_LEDGER_UNWRITABLE
    exit 3
      shop → duckdb disk/shop.duckdb

      = raw.orders   unchanged
      = marts.total  unchanged

      done  0 assets, 0 checks, 0 failed, 2 up to date [time]
            tables in duckdb disk/shop.duckdb
    exit 0
    "
  `)
})

test('a folder that can only be read, and was never run', context => {
  const script = `
mount --bind . .
mount -o remount,ro,bind "$PWD"
cd "$PWD"
sluice plan
sluice run`
  expect(screen(context, onSmallDisk, script)).toMatchInlineSnapshot(`
    "  shop → duckdb disk/shop.duckdb

      + raw.orders   not known  never built
      + marts.total  not known  never built

      2 assets, 2 steps, time not known: none has run before

      next  sluice run
    exit 0
      shop → duckdb disk/shop.duckdb

    error The ledger \`[folder]/.sluice\` cannot be written.
      EROFS: read-only file system, mkdir '[folder]/.sluice'
      fix  Make the folder of \`[folder]/.sluice\` writable for you, or run where it is.
      SLUICE_LEDGER_UNWRITABLE · sluice explain SLUICE_LEDGER_UNWRITABLE
    exit 3
    "
  `)
})

test('an export into a folder that can only be read', context => {
  const tree = {
    ...onSmallDisk,
    'assets/out/total.ts': `import { exportTo, ref } from 'sluice'
import { toFiles } from 'sluice/files'
export default exportTo(toFiles('out/total.csv'), ref('marts.total'))
`,
    'out/total.csv': 'kept\n',
  }
  const script = `
mount --bind out out
mount -o remount,ro,bind out
sluice run
cat out/total.csv
umount out
sluice run
cat out/total.csv`
  expect(screen(context, tree, script)).toMatchInlineSnapshot(`
    "  shop → duckdb disk/shop.duckdb

      ✓ raw.orders       1,000 rows [time]
      ✓ marts.total           1 row [time]
      ✗ out.total [time]  \`out/total.csv\` cannot be written.

      ✗ out.total
    error \`out/total.csv\` cannot be written.
      fix  See whose folder it is, and whether something else has the name: \`ls -ld out/total.csv*\`.
      SLUICE_FILES_UNWRITABLE · sluice explain SLUICE_FILES_UNWRITABLE

      failed  3 assets, 0 checks, 1 failed [time]
      next  sluice run  goes on where this run stopped
    exit 3
    kept
      shop → duckdb disk/shop.duckdb

      = raw.orders   unchanged
      = marts.total  unchanged               nothing that it reads has a new version
      ✓ out.total             1 row [time]

      done  1 asset, 0 checks, 0 failed, 2 up to date [time]
            tables in duckdb disk/shop.duckdb
      next  sluice show out.total
    exit 0
    one,orders,ids
    1,1000,499500
    "
  `)
})
