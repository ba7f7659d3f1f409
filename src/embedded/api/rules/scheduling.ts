/** Rules about roles, resources, upgrades, secrets and the environment. */
import type { Violations } from '../errors.js';
import { isUri } from '../parse/legacy.js';
import type { RawApp } from '../parse/raw-app.js';
import { featureOff, type RuleContext } from './context.js';

const SINGLE_INSTANCE = 'MARATHON_SINGLE_INSTANCE_APP';

/** Scala prints whole doubles with one decimal. */
const double = (value: number): string => (Number.isInteger(value) ? `${value}.0` : `${value}`);

const isSingleInstance = (app: RawApp): boolean => app.labels[SINGLE_INSTANCE] === 'true';
export const isResident = (app: RawApp): boolean => app.residency !== undefined;

export function checkRoles(app: RawApp, context: RuleContext, violations: Violations): void {
  const { role, acceptedResourceRoles: accepted } = app;
  violations.check(
    role === undefined || context.validRoles.has(role),
    '/role',
    `got ${role ?? ''}, expected one of: ${[...context.validRoles].join(', ')}`,
  );
  violations.check(
    !(isResident(app) && role === '*'),
    '/role',
    'Resident apps cannot have the role *',
  );
  if (accepted === undefined) return;
  const at = '/acceptedResourceRoles';
  violations.check(accepted.length > 0, at, 'must not be empty');
  const allowed = ['*', ...(role === undefined || role === '*' ? [] : [role])];
  violations.check(
    accepted.every((name) => allowed.includes(name)),
    at,
    `acceptedResourceRoles can only contain ${allowed.join(' and ')}`,
  );
  violations.check(
    !isResident(app) || accepted.every((name) => name === '*'),
    at,
    'A resident app must have `acceptedResourceRoles = ["*"]`.',
  );
}

export function checkResources(app: RawApp, context: RuleContext, violations: Violations): void {
  for (const name of ['cpus', 'mem'] as const) {
    const limit = app.resourceLimits?.[name];
    const at = `/resourceLimits/${name}`;
    if (typeof limit === 'number') {
      violations.check(
        limit >= app[name],
        at,
        `resource limit must be greater than or equal to requested resource (${double(app[name])})`,
      );
    } else if (limit !== undefined) {
      violations.check(
        limit === 'unlimited',
        at,
        `'${limit}' is an invalid resource limit. It must be 'unlimited' or a number`,
      );
    }
  }
  if (app.gpus <= 0) return;
  violations.check(
    app.container?.type !== 'DOCKER',
    '/',
    'GPU resources only work with the Mesos containerizer',
  );
  violations.check(context.features.has('gpu_resources'), '/', featureOff('gpu_resources'));
}

export function checkUpgrade(app: RawApp, violations: Violations): void {
  const { minimumHealthCapacity, maximumOverCapacity } = app.upgradeStrategy ?? {
    minimumHealthCapacity: isResident(app) ? 0.5 : 1,
    maximumOverCapacity: isResident(app) ? 0 : 1,
  };
  const mustBeZero = (value: number, name: string): void => {
    violations.check(value === 0, `/upgradeStrategy/${name}`, `got ${double(value)}, expected 0.0`);
  };
  if (isSingleInstance(app)) {
    violations.check(app.instances <= 1, '/', 'Single instance app may only have one instance');
    mustBeZero(minimumHealthCapacity, 'minimumHealthCapacity');
    mustBeZero(maximumOverCapacity, 'maximumOverCapacity');
  } else if (isResident(app)) {
    mustBeZero(maximumOverCapacity, 'maximumOverCapacity');
  }
}

export function checkUnreachable(app: RawApp, violations: Violations): void {
  const strategy = app.unreachableStrategy;
  if (strategy === undefined || typeof strategy === 'string') return;
  violations.check(
    !isResident(app),
    '/',
    'unreachableStrategy must be disabled for resident tasks',
  );
  const { inactiveAfterSeconds: inactive, expungeAfterSeconds: expunge } = strategy;
  violations.check(
    inactive <= expunge,
    '/unreachableStrategy/inactiveAfterSeconds',
    `inactiveAfterSeconds (${inactive}) must be less or equal to expungeAfterSeconds, which is ${expunge}`,
  );
}

export function checkSecretsAndEnv(
  app: RawApp,
  context: RuleContext,
  violations: Violations,
): void {
  const secrets = app.secrets ?? {};
  const on = context.features.has('secrets');
  violations.check(on || Object.keys(secrets).length === 0, '/secrets', featureOff('secrets'));
  const env = Object.entries(app.env ?? {});
  env.forEach(([name], index) => {
    violations.check(name !== '', `/env(${index})`, 'must not be empty');
  });
  violations.check(
    on || env.every(([, value]) => typeof value === 'string'),
    '/env',
    'use of secret-references in the environment requires the secrets feature to be enabled',
  );
  for (const [name, value] of env) {
    violations.check(
      typeof value === 'string' || Object.hasOwn(secrets, value.secret),
      `/env/${name}/secret`,
      'references an undefined secret',
    );
  }
}

export function checkFetch(app: RawApp, violations: Violations): void {
  (app.fetch ?? []).forEach(({ uri }, index) => {
    violations.check(isUri(uri), `/fetch(${index})/uri`, 'URI has invalid syntax.');
  });
}

export function checkMigrationLabels(app: RawApp, violations: Violations): void {
  const version = app.labels['DCOS_MIGRATION_API_VERSION'] ?? '';
  const complete = ['DCOS_PACKAGE_FRAMEWORK_NAME', 'DCOS_MIGRATION_API_PATH'].every(
    (label) => (app.labels[label] ?? '') !== '',
  );
  violations.check(
    version === '' || (version === 'v1' && complete),
    '/',
    'DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH must be defined when using DCOS_MIGRATION_API_VERSION',
  );
}

export function checkExecutor(app: RawApp, violations: Violations): void {
  violations.check(
    /^(?:\/\/cmd|\/?[^/]+(?:\/[^/]+)*|)$/.test(app.executor),
    '/executor',
    "must fully match regular expression '^(//cmd)|(/?[^/]+(/[^/]+)*)|$'",
  );
}
