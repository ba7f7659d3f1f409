import type { WorkflowType } from '../plan/types.js';
import { prepareCommand } from './prepare-command.js';
import { prepareKinc } from './prepare-kinc.js';
import { prepareKinc3 } from './prepare-kinc3.js';
import { prepareOsgKinc } from './prepare-osg-kinc.js';
import { preparePhotodemo } from './prepare-photodemo.js';
import type { PrepareRun } from './prepared-run.js';

const RECIPES: Readonly<Record<WorkflowType, PrepareRun>> = {
  kinc: prepareKinc,
  kinc3: prepareKinc3,
  'osg-kinc': prepareOsgKinc,
  command: prepareCommand,
  photodemo: preparePhotodemo,
};

/** What the plan's recipe has to run; undefined, with everything said, when it cannot be used. */
export const prepareRun: PrepareRun = (context, request) =>
  RECIPES[request.plan.workflow.type](context, request);
