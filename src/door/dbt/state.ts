import { resolve } from 'node:path'
import { type Manifest, type Node, readState, type State, type World } from '../../dbt/index.ts'
import { failure } from '../../errors/index.ts'
import type { Opened } from './opened.ts'

/** What an earlier run left behind in the folder of `--state`, if it is asked for. */
export function stateOf(rooms: Opened, isAsked: boolean): State {
  const folder = rooms.settings.text('state')
  if (!isAsked || folder === undefined) return {}
  return readState({ state: resolve(rooms.root, folder), target: rooms.targetDir() })
}

/**
 * Where nodes that are not built here are read instead: with `--defer`, and for `clone`, which copies from
 * there.
 */
export function deferredOf(rooms: Opened): World['deferred'] {
  const { settings, options, root } = rooms
  const isClone = options.command === 'clone'
  if (!settings.isOn('defer') && !isClone) return undefined
  const folder = (isClone ? undefined : settings.text('defer-state')) ?? settings.text('state')
  const flag = isClone ? 'clone' : '--defer'
  if (folder === undefined) throw failure('SLUICE_DBT_STATE_MISSING', { flag, folder: '' })
  const { manifest } = readState({ state: resolve(root, folder), target: rooms.targetDir() })
  if (!manifest) throw failure('SLUICE_DBT_STATE_MISSING', { flag, folder })
  return { relations: relationsOf(manifest), isPreferred: settings.isOn('favor-state') }
}

function relationsOf({ nodes }: Manifest): ReadonlyMap<string, Node> {
  return new Map(
    [...nodes].filter(
      ([, { resource_type: type, config }]) =>
        ['model', 'seed', 'snapshot'].includes(type) && config.materialized !== 'ephemeral',
    ),
  )
}
