/** What the rules need to know beside the app. */
export interface RuleContext {
  /** `--enable_features`: gpu_resources, secrets, external_volumes. */
  readonly features: ReadonlySet<string>;
  /** Roles that an app with this id may have. */
  readonly validRoles: ReadonlySet<string>;
}

export const featureOff = (feature: string): string =>
  // The stray bracket is Marathon's.
  `Feature ${feature} is not enabled. Enable with --enable_features ${feature})`;

export const repeats = (values: readonly unknown[]): boolean =>
  new Set(values).size !== values.length;
