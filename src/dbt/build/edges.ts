import type { Manifest, UniqueId } from '../face.ts'

export type Edges = {
  /** What must have ended before a node starts. */
  readonly before: ReadonlyMap<UniqueId, ReadonlySet<UniqueId>>
  readonly after: ReadonlyMap<UniqueId, ReadonlySet<UniqueId>>
}

export type EdgeOptions = {
  /** `build`: what reads a node waits for the node's tests. */
  readonly testsFirst: boolean
}

/** Which of the selected nodes wait for which: through those that are not selected, too. */
export function edgesOf(
  manifest: Manifest,
  selected: readonly UniqueId[],
  { testsFirst }: EdgeOptions,
): Edges {
  const parents = parentsOf(manifest)
  if (testsFirst) addTests(manifest, parents, selected)
  const wanted = new Set(selected)
  const nearest = nearestSelected(parents, wanted)
  const before = new Map(selected.map(id => [id, nearest(id)]))
  const after = new Map<UniqueId, Set<UniqueId>>(selected.map(id => [id, new Set<UniqueId>()]))
  for (const [id, needs] of before) for (const need of needs) after.get(need)?.add(id)
  return { before, after }
}

/** Every resource's direct parents. */
export function parentsOf(manifest: Manifest): Map<UniqueId, Set<UniqueId>> {
  const parents = new Map<UniqueId, Set<UniqueId>>()
  const kinds = [
    manifest.nodes,
    manifest.sources,
    manifest.exposures,
    manifest.metrics,
    manifest.semantic_models,
    manifest.saved_queries,
    manifest.unit_tests,
    manifest.functions,
  ]
  for (const kind of kinds)
    for (const [id, { depends_on: on }] of kind) parents.set(id, new Set(on?.nodes ?? []))
  return parents
}

/** Ancestors that are selected, and reached without passing another one that is. */
function nearestSelected(
  parents: ReadonlyMap<UniqueId, ReadonlySet<UniqueId>>,
  wanted: ReadonlySet<UniqueId>,
): (id: UniqueId) => ReadonlySet<UniqueId> {
  const known = new Map<UniqueId, ReadonlySet<UniqueId>>()
  const nearest = (id: UniqueId): ReadonlySet<UniqueId> => {
    const before = known.get(id)
    if (before) return before
    const found = new Set<UniqueId>()
    // Set first: a cycle is reported when the project is parsed, and must not hang here.
    known.set(id, found)
    for (const parent of parents.get(id) ?? [])
      if (wanted.has(parent)) found.add(parent)
      else for (const each of nearest(parent)) found.add(each)
    return found
  }
  return nearest
}

/** Whatever stands below all that a test looks at waits for the test. */
function addTests(
  manifest: Manifest,
  parents: Map<UniqueId, Set<UniqueId>>,
  selected: readonly UniqueId[],
): void {
  const ancestors = ancestorsIn(parents)
  const isTest = (id: UniqueId) =>
    manifest.nodes.get(id)?.resource_type === 'test' || manifest.unit_tests.has(id)
  const tests = selected.filter(id => manifest.nodes.get(id)?.resource_type === 'test')
  const below = new Map<UniqueId, UniqueId[]>()
  for (const [id] of manifest.nodes)
    if (!isTest(id))
      for (const ancestor of ancestors(id)) (below.get(ancestor) ?? setIn(below, ancestor)).push(id)
  for (const test of tests) {
    const [first, ...others] = parents.get(test) ?? []
    if (first === undefined) continue
    for (const id of below.get(first) ?? []) {
      const above = ancestors(id)
      if (others.every(other => above.has(other))) parents.get(id)?.add(test)
    }
  }
  // A model waits for its own unit tests.
  for (const [id, unit] of manifest.unit_tests)
    if (selected.includes(id)) for (const model of unit.depends_on.nodes) parents.get(model)?.add(id)
  for (const [id] of manifest.unit_tests) parents.set(id, parentsOfModels(manifest, id, parents))
}

function setIn(lists: Map<UniqueId, UniqueId[]>, id: UniqueId): UniqueId[] {
  const list: UniqueId[] = []
  lists.set(id, list)
  return list
}

/** A unit test needs what its model reads to stand, since it takes the columns' types from there. */
function parentsOfModels(
  manifest: Manifest,
  id: UniqueId,
  parents: ReadonlyMap<UniqueId, ReadonlySet<UniqueId>>,
): Set<UniqueId> {
  const models = manifest.unit_tests.get(id)?.depends_on.nodes ?? []
  return new Set(
    models
      .flatMap(model => [...(parents.get(model) ?? [])])
      .filter(parent => parent !== id && !manifest.unit_tests.has(parent)),
  )
}

function ancestorsIn(
  parents: ReadonlyMap<UniqueId, ReadonlySet<UniqueId>>,
): (id: UniqueId) => ReadonlySet<UniqueId> {
  const known = new Map<UniqueId, Set<UniqueId>>()
  const direct = new Map(Array.from(parents, ([id, set]) => [id, [...set]]))
  const ancestors = (id: UniqueId): ReadonlySet<UniqueId> => {
    const before = known.get(id)
    if (before) return before
    const found = new Set<UniqueId>()
    known.set(id, found)
    for (const parent of direct.get(id) ?? []) {
      found.add(parent)
      for (const each of ancestors(parent)) found.add(each)
    }
    return found
  }
  return ancestors
}
