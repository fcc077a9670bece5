import { failure } from '../../errors/index.ts'
import type { Resource, UniqueId } from '../face.ts'
import { cycle } from './cycles.ts'
import type { Lookups } from './lookups.ts'
import type { Parsing } from './parsing.ts'
import { dependOn, firstOf, missing, searched } from './search.ts'

export type Resolving = { readonly parsing: Parsing; readonly lookups: Lookups }

type Measure = { readonly name: string }
type Parameters = {
  readonly measure: Measure | null
  readonly input_measures: Measure[]
  readonly numerator: Measure | null
  readonly denominator: Measure | null
  readonly metrics: readonly Measure[]
  readonly conversion_type_params: {
    readonly base_measure: Measure
    readonly conversion_measure: Measure
  } | null
}

/** Which measures a metric is made of, at first or at last. */
export function resolveMetric(resolving: Resolving, metric: Resource, on: readonly UniqueId[] = []): void {
  const parameters = metric.type_params as Parameters
  if (parameters.input_measures.length > 0) return
  if (on.includes(metric.unique_id))
    throw cycle([...on.slice(on.indexOf(metric.unique_id)), metric.unique_id])
  switch (metric.type) {
    case 'simple':
    case 'cumulative':
      return measured(resolving, metric, [parameters.measure])
    case 'conversion': {
      const { base_measure: base, conversion_measure: conversion } = parameters.conversion_type_params ?? {}
      return measured(resolving, metric, [base, conversion])
    }
    default: {
      const { numerator, denominator, metrics } = parameters
      const inputs = metric.type === 'ratio' ? [numerator, denominator] : metrics
      for (const input of inputs) {
        if (!input) throw metricInvalid(metric, 'A ratio has a `numerator` and a `denominator`.')
        const other = metricNamed(resolving, {
          name: input.name,
          own: metric.package_name,
          packageName: null,
        })
        if (other === undefined || other === 'disabled')
          throw metricInvalid(
            metric,
            `It is made of \`${input.name}\`, which ${other ? 'is switched off' : 'is no metric'}.`,
          )
        resolveMetric(resolving, other, [...on, metric.unique_id])
        for (const each of (other.type_params as Parameters).input_measures) addMeasure(parameters, each)
        dependOn(metric, other.unique_id)
      }
    }
  }
}

function metricInvalid(metric: Resource, words: string): Error {
  return failure('SLUICE_DBT_METRIC', { name: metric.name, words })
}

function addMeasure({ input_measures: measures }: Parameters, measure: Measure): void {
  const text = JSON.stringify(measure)
  if (!measures.some(each => JSON.stringify(each) === text)) measures.push(measure)
}

function measured(
  { parsing, lookups }: Resolving,
  metric: Resource,
  measures: readonly (Measure | null | undefined)[],
): void {
  const parameters = metric.type_params as Parameters
  for (const measure of measures) {
    if (!measure) throw metricInvalid(metric, 'It names no measure.')
    addMeasure(parameters, measure)
    const packages = searched(parsing, metric.package_name, null)
    const model = firstOf(packages, name => lookups.measure(measure.name, name))
    if (model === undefined)
      throw metricInvalid(metric, `No semantic model has the measure \`${measure.name}\`.`)
    dependOn(metric, model.unique_id)
  }
}

type Wanted = { readonly name: string; readonly own: string; readonly packageName: string | null }

function metricNamed(
  { parsing, lookups }: Resolving,
  { name, own, packageName }: Wanted,
): Resource | 'disabled' | undefined {
  const packages = searched(parsing, own, packageName)
  const found = firstOf(packages, each => lookups.metric(name, each))
  if (found !== undefined) return found
  return packages.some(each => lookups.disabled(name, each, ['metric']).length > 0) ? 'disabled' : undefined
}

export function dependOnMetric(
  resolving: Resolving,
  { of, name, packageName }: { of: Resource; name: string; packageName: string | null },
): void {
  const found = metricNamed(resolving, { name, own: of.package_name, packageName })
  if (found === undefined || found === 'disabled')
    missing(resolving.parsing, of, { kind: 'metric', name, disabled: found === 'disabled' })
  else dependOn(of, found.unique_id)
}

/** Which metrics a resource reads. */
export function resolveMetrics(resolving: Resolving, of: Resource): void {
  for (const named of (of.metrics ?? []) as string[][]) {
    const [first = '', second] = named
    dependOnMetric(resolving, {
      of,
      name: second ?? first,
      packageName: second === undefined ? null : first,
    })
  }
}
