import type { Lock, Rule } from './house.ts'

const path = 'package-lock.json'

/** npm 12 runs no install scripts of dependencies: a package that needs one would be broken for everybody. */
const scripts: Rule = {
  name: 'nothing that people install needs an install script',
  find: ({ lock }) =>
    [...installed(lock)]
      .filter(place => lock.packages[place]?.hasInstallScript)
      .map(place => ({ path, words: `${place} has an install script` })),
}

/** Places in the lock file of all that `npm install sluice` brings. */
function installed({ packages }: Lock): ReadonlySet<string> {
  const found = new Set([''])
  for (const place of found) {
    const { dependencies, optionalDependencies } = packages[place] ?? {}
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const nearest = [`${place}/node_modules/${name}`, `node_modules/${name}`].find(each => packages[each])
      if (nearest !== undefined) found.add(nearest)
    }
  }
  return found
}

const hosts: Rule = {
  name: 'the lock file names no host',
  find: ({ lock }) =>
    Object.entries(lock.packages)
      .filter(([, { resolved, link }]) => resolved?.includes('://') && !link)
      .map(([place]) => ({ path, words: `${place} is bound to one registry` })),
}

export const installRules: readonly Rule[] = [scripts, hosts]
