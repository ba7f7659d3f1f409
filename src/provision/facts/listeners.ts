/** A socket that waits for connections or packets. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  /** Program and process, such as `nginx (812)`; undefined for the kernel's own sockets. */
  readonly by: string | undefined;
}

/**
 * Reads what `ss -Hlntup` prints, with programs where it was root's:
 * `tcp LISTEN 0 511 127.0.0.1:19090 0.0.0.0:* users:(("node",pid=812,fd=18))`
 */
export function parseListeners(output: string): readonly Listener[] {
  return output.split('\n').flatMap((line): readonly Listener[] => {
    const [protocol, , , , local = '', , users = ''] = line.trim().split(/\s+/);
    if (protocol !== 'tcp' && protocol !== 'udp') return [];
    const colon = local.lastIndexOf(':');
    const program = /\(\("([^"]+)",pid=(\d+)/.exec(users);
    return [
      {
        protocol,
        address: local.slice(0, colon).replace(/%.*|[[\]]/g, ''),
        port: Number(local.slice(colon + 1)),
        by: program === null ? undefined : `${program[1] ?? ''} (${program[2] ?? ''})`,
      },
    ];
  });
}
