import type { Problem } from '../../errors/problem.js';
import { viewOf, type View } from '../view.js';
import { addressProblems } from './addresses.js';
import { clusterProblems } from './clusters.js';
import { containerProblems } from './containers.js';
import { driverProblems } from './drivers.js';
import { flockProblems } from './flock.js';
import { hostProblems } from './hosts.js';
import { nameProblems } from './ids.js';
import { mesosProblems } from './mesos.js';
import { networkProblems } from './network.js';
import { portProblems } from './ports.js';
import { resourceProblems } from './resources.js';
import { rightProblems } from './rights.js';

const CHECKS: readonly ((view: View) => readonly Problem[])[] = [
  nameProblems,
  clusterProblems,
  hostProblems,
  mesosProblems,
  rightProblems,
  containerProblems,
  portProblems,
  resourceProblems,
  networkProblems,
  driverProblems,
  addressProblems,
  flockProblems,
];

/** Everything that is wrong between the places of a document, as far as its shape permits. */
export function crossProblems(document: unknown): readonly Problem[] {
  const view = viewOf(document);
  return CHECKS.flatMap((check) => check(view));
}
