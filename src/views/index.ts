/**
 * Events, history and manifest → answers, as plain data. Nothing here prints, and nothing here can change a
 * run.
 */
export { type AssetPage, assetPage, type ContractVersion, type Past } from './asset.ts'
export { freshness, type FreshnessView } from './freshness.ts'
export {
  type ColumnLineageView,
  columnLineage,
  type ColumnStep,
  type Direction,
  impact,
  type ImpactView,
  lineage,
  type LineageStep,
} from './lineage.ts'
export { type AssetQuality, type CheckQuality, type Measured, quality, type QualityView } from './quality.ts'
export { refused, type RefusedView } from './refused.ts'
export {
  type RunPage,
  runPage,
  runs,
  type RunView,
  stepsOfAsset,
  type StepView,
  type VerdictCounts,
} from './runs.ts'
