import type { SeenCgroup } from './seen.js';

/**
 * Reads lines of `/proc/self/mountinfo` (proc_pid_mountinfo(5)) about control groups, and the
 * kernel's command line.
 */
export function readCgroup(mounts: string, commandLine: string): SeenCgroup {
  let cpu: string | undefined;
  let unified: string | undefined;
  for (const line of mounts.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = before.split(' ')[4];
    const [type, , options = ''] = after.split(' ');
    if (type === 'cgroup2') unified ??= point;
    if (type === 'cgroup' && options.split(',').includes('cpu')) cpu ??= point;
  }
  const words = commandLine.split(/\s+/);
  const isToldV1 = words.some((word) =>
    /^systemd\.unified_cgroup_hierarchy=(?:0|no|false|off)$/.test(word),
  );
  return { cpu, unified, isToldV1 };
}
