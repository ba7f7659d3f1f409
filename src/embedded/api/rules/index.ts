/** All rules about one app in canonical form. */
import { Violations } from '../errors.js';
import { checkAppId, checkSegments } from '../parse/path-id.js';
import type { RawApp } from '../parse/raw-app.js';
import { checkConstraints } from './constraints.js';
import { checkCommand, checkContainer } from './container.js';
import type { RuleContext } from './context.js';
import { checkCheck, checkHealthChecks, checkReadiness, convertHealthChecks } from './health.js';
import { checkNetworks, checkPorts } from './networks.js';
import {
  checkExecutor,
  checkFetch,
  checkMigrationLabels,
  checkResources,
  checkRoles,
  checkSecretsAndEnv,
  checkUnreachable,
  checkUpgrade,
} from './scheduling.js';

const RULES: readonly ((app: RawApp, context: RuleContext, violations: Violations) => void)[] = [
  (app, _context, violations) => {
    checkAppId(app.id, '/id', violations);
    (app.dependencies ?? []).forEach((id, index) => {
      checkSegments(id, `/dependencies(${index})`, violations);
    });
  },
  (app, _context, violations) => {
    checkCommand(app, violations);
    checkNetworks(app, violations);
    checkPorts(app, violations);
    checkHealthChecks(app, violations);
    checkReadiness(app, violations);
    checkConstraints(app, violations);
  },
  checkContainer,
  checkRoles,
  checkResources,
  checkSecretsAndEnv,
  (app, _context, violations) => {
    checkUpgrade(app, violations);
    checkUnreachable(app, violations);
    checkFetch(app, violations);
    checkMigrationLabels(app, violations);
    checkExecutor(app, violations);
    checkCheck(app, violations);
  },
];

/**
 * @throws ApiError 422 naming every broken rule; 500 where Marathon fails in its conversion
 */
export function checkCanonicalApp(app: RawApp, context: RuleContext): void {
  const violations = new Violations();
  for (const rule of RULES) rule(app, context, violations);
  violations.throwIfAny();
  convertHealthChecks(app.healthChecks ?? []);
}
