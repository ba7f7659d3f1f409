import type { Problem } from '../../errors/problem.js';
import type { HostView } from '../view-hosts.js';
import type { View } from '../view.js';

/**
 * Hosts on which something has to be root's, and nobody is. Only a warning: who logs in is known for
 * sure on the host, and there it is refused.
 */
export function rightProblems(view: View): readonly Problem[] {
  const places = view.clusters.flatMap(({ hosts, embedded, mesos }) =>
    hosts.flatMap((host) => {
      const what = rootsOwn(view, embedded || mesos !== undefined);
      const sudo = whereNobodyIsRoot(host, view);
      return what === undefined || sudo === undefined ? [] : [{ path: sudo, what }];
    }),
  );
  // What is written once, for all hosts, is told once.
  const byPath = new Map(places.map((place) => [place.path, place]));
  return [...byPath.values()].map(({ path, what }) => ({
    severity: 'warning',
    path,
    value: '"none"',
    message: `leaves nobody on the host who can make ${what}, unless the user is root by another name`,
    fix: 'write "passwordless" or {"password": {"$env": "SUDO_PASSWORD"}}, or log in as root',
  }));
}

function rootsOwn({ driver }: View, holdsKey: boolean): string | undefined {
  if (driver !== 'bridge') return `the ${driver} network`;
  return holdsKey ? "the pool's key" : undefined;
}

/** Where `sudo` says "none" for a user that is not root; nothing where the user is not written. */
function whereNobodyIsRoot({ login }: HostView, view: View): string | undefined {
  const user = login.user ?? view.login.user;
  const sudo = login.sudo ?? view.login.sudo;
  return user === undefined || user === 'root' || sudo?.isNone !== true ? undefined : sudo.path;
}
