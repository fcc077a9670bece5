import { Dict, HOST, type Host } from '../../jinja/index.ts'
import { hostType } from '../context/host.ts'
import { valueOf } from '../context/json.ts'
import type { Manifest, Resource } from '../face.ts'

/** A resource's facts as templates see them. */
export function nodeValue(resource: Resource | object): Dict {
  return valueOf(resource) as Dict
}

/** `graph`: everything in the project, by kind and id. */
class GraphValue implements Host {
  readonly manifest: Manifest
  readonly [HOST] = graphHost
  private readonly made = new Map<string, Dict>()
  constructor(manifest: Manifest) {
    this.manifest = manifest
  }
  of(kind: Kind): Dict {
    const before = this.made.get(kind)
    if (before) return before
    const entries = Array.from<readonly [string, object], readonly [string, Dict]>(
      this.manifest[kind] as ReadonlyMap<string, object>,
      ([id, resource]) => [id, nodeValue(resource)],
    )
    const dict = Dict.of(entries)
    this.made.set(kind, dict)
    return dict
  }
}

const kinds = [
  'nodes',
  'sources',
  'exposures',
  'groups',
  'metrics',
  'semantic_models',
  'saved_queries',
  'functions',
] as const
type Kind = (typeof kinds)[number]

const graphHost = hostType<GraphValue>(
  'dict',
  {
    fields: Object.fromEntries(kinds.map(kind => [kind, (self: GraphValue) => self.of(kind)])),
    methods: {
      get: [
        'key, default=None',
        (self, [key, otherwise]) => {
          const kind = kinds.find(each => each === key)
          return kind ? self.of(kind) : otherwise
        },
      ],
      keys: ['', () => [...kinds]],
    },
  },
  {
    item: (self, key) => {
      const kind = kinds.find(each => each === key)
      return kind && self.of(kind)
    },
    iterate: () => kinds,
    contains: (_, key) => kinds.some(kind => kind === key),
    length: () => kinds.length,
    is: ['mapping'],
  },
)

/** `graph`, made kind by kind when somebody asks; one for all nodes of a command. */
export function graphValue(manifest: Manifest): Host {
  return new GraphValue(manifest)
}
