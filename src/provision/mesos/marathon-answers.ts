import type { HttpAnswer } from '../../ports/host-probe.js';
import { bodyOf, fieldsOf, textOf } from './json.js';

/** What a Marathon says of itself. */
export interface MarathonAnswer {
  readonly version: string;
  /** Whether it leads. */
  readonly isLeader: boolean;
  /** Address and port of the leading one. */
  readonly leader: string | undefined;
  /** Undefined until a master has taken it in for the first time. */
  readonly frameworkId: string | undefined;
  /** Address of the master that it is connected to, such as `10.0.0.1:5050`. */
  readonly master: string | undefined;
}

/**
 * Reads `/v2/info` (`InfoResource` of Marathon 1.11); undefined where it does not answer, or refuses
 * to without credentials.
 */
export function readMarathonInfo(answer: HttpAnswer | undefined): MarathonAnswer | undefined {
  const info = bodyOf(answer, 'marathon');
  if (info === undefined) return undefined;
  const url = textOf(fieldsOf(info['marathon_config'])['mesos_leader_ui_url']);
  return {
    version: textOf(info['version']) ?? '',
    isLeader: info['elected'] === true,
    leader: textOf(info['leader']),
    frameworkId: textOf(info['frameworkId']),
    master: url === undefined ? undefined : /^(?:https?:)?\/\/([^/]+)/.exec(url)?.[1],
  };
}

/** Whether a Marathon answers `/ping`; one that wants credentials first does. */
export function marathonAnswers(answer: HttpAnswer | undefined): boolean {
  return answer !== undefined && [200, 401].includes(answer.status);
}
