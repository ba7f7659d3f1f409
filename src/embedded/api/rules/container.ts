/** Rules about the container, its volumes and what is to run in it. */
import type { Violations } from '../errors.js';
import type { ExternalVolume, PersistentVolume, RawApp, RawVolume } from '../parse/raw-app.js';
import { constraintProblem } from './constraints.js';
import { featureOff, repeats, type RuleContext } from './context.js';

const NOTHING_TO_RUN =
  "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.";

export function checkCommand(app: RawApp, violations: Violations): void {
  const cmd = app.cmd !== undefined;
  const args = (app.args ?? []).length > 0;
  const image = app.container?.docker !== undefined;
  violations.check(cmd !== args || (!cmd && image), '/', NOTHING_TO_RUN);
  // One character is not enough for Marathon either.
  violations.check(app.cmd === undefined || app.cmd.length > 1, '/', 'must not be an empty string');
}

export function checkContainer(app: RawApp, context: RuleContext, violations: Violations): void {
  const container = app.container;
  if (container === undefined) return;
  if (container.type === 'DOCKER') {
    violations.check(container.docker !== undefined, '/container/docker', 'not defined');
    violations.check(
      container.docker?.pullConfig === undefined,
      '/container/docker/pullConfig',
      'pullConfig is not supported with Docker containerizer',
    );
  } else if (container.docker?.pullConfig !== undefined) {
    checkPullConfig(app, container.docker.pullConfig.secret, context, violations);
  }
  const names = container.volumes.flatMap((volume) => volume.external?.name ?? []);
  violations.check(!repeats(names), '/container/volumes', 'Volume names must be unique');
  container.volumes.forEach((volume, index) => {
    checkVolume(app, volume, `/container/volumes(${index})`, violations);
  });
  checkVolumeFeatures(container.volumes, context, violations);
}

function checkPullConfig(
  app: RawApp,
  secret: string,
  context: RuleContext,
  violations: Violations,
): void {
  const at = '/container/docker/pullConfig';
  violations.check(context.features.has('secrets'), at, featureOff('secrets'));
  violations.check(
    Object.hasOwn(app.secrets ?? {}, secret),
    at,
    'pullConfig.secret must refer to an existing secret',
  );
}

function checkVolumeFeatures(
  volumes: readonly RawVolume[],
  context: RuleContext,
  violations: Violations,
): void {
  violations.check(
    context.features.has('secrets') || volumes.every(({ secret }) => secret === undefined),
    '/container',
    featureOff('secrets'),
  );
  volumes.forEach((volume, index) => {
    violations.check(
      volume.external === undefined || context.features.has('external_volumes'),
      `/container/volumes(${index})`,
      featureOff('external_volumes'),
    );
  });
}

function checkVolume(app: RawApp, volume: RawVolume, at: string, violations: Violations): void {
  if (volume.persistent !== undefined) {
    checkPersistent(volume, volume.persistent, at, violations);
  } else if (volume.external !== undefined) {
    checkExternal(volume.external, `${at}/external`, violations);
  } else if (volume.secret !== undefined) {
    violations.check(
      Object.hasOwn(app.secrets ?? {}, volume.secret),
      at,
      'volume.secret must refer to an existing secret',
    );
  }
}

function checkPersistent(
  volume: RawVolume,
  info: PersistentVolume,
  at: string,
  violations: Violations,
): void {
  violations.check(
    !['.', '..'].includes(volume.containerPath),
    `${at}/containerPath`,
    'can not be one of (.,..)',
  );
  violations.check(
    !volume.containerPath.includes('/'),
    `${at}/containerPath`,
    'value must not contain "/"',
  );
  violations.check(volume.mode === 'RW', `${at}/mode`, 'must be RW');
  const inside = `${at}/persistent`;
  violations.check(info.size > 0, `${inside}/size`, `got ${info.size}, expected more than 0`);
  violations.check(
    info.maxSize === undefined || info.type === 'mount',
    inside,
    'Only mount volumes can have maxSize',
  );
  violations.check(
    (info.type ?? 'root') !== 'root' || info.constraints.length === 0,
    inside,
    'Constraints on root volumes are not supported',
  );
  violations.check(
    info.maxSize === undefined || info.maxSize > info.size,
    inside,
    'Max size must be larger than size',
  );
  info.constraints.forEach((constraint, index) => {
    const problem = volumeConstraintProblem(constraint);
    if (problem !== undefined) violations.add(`${inside}/constraints(${index})`, problem);
  });
}

function volumeConstraintProblem(constraint: readonly string[]): string | undefined {
  const [field, operator = '', value] = constraint;
  if (field !== 'path' || value === undefined) {
    return `Unsupported constraint ${constraint.join(',')}`;
  }
  if (operator !== 'LIKE' && operator !== 'UNLIKE') return 'Operator must be one of LIKE, UNLIKE';
  return constraintProblem(constraint) === undefined ? undefined : 'Invalid regular expression';
}

function checkExternal(info: ExternalVolume, at: string, violations: Violations): void {
  if (info.provider === 'csi') return;
  violations.check((info.name ?? '') !== '', `${at}/name`, 'must not be empty');
  violations.check(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(info.provider ?? ''),
    `${at}/provider`,
    info.provider === undefined ? 'not defined' : 'must be a lower-case name',
  );
}
