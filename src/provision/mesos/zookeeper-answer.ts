/** What a ZooKeeper says to the four-letter word `srvr`. */
export type ZooKeeperAnswer =
  | { readonly mode: 'leader' | 'follower' | 'observer' | 'standalone'; readonly version: string }
  /** It runs, and belongs to no ensemble that has a majority. */
  | { readonly mode: 'not-serving' }
  /** It runs, and was not told that it may answer: somebody else set it up. */
  | { readonly mode: 'not-allowed' }
  /** Something else has its port. */
  | { readonly mode: 'unknown'; readonly said: string };

/**
 * Reads the answer of ZooKeeper 3.4 to 3.9 (`SrvrCommand`, `NopCommand` and
 * `CommandExecutor` in its sources); undefined where nobody said anything.
 */
export function readZooKeeper(answer: string): ZooKeeperAnswer | undefined {
  const text = answer.trim();
  if (text === '') return undefined;
  if (/not currently serving requests/i.test(text)) return { mode: 'not-serving' };
  if (/is not executed because it is not (?:in|on) the whitelist/i.test(text)) {
    return { mode: 'not-allowed' };
  }
  const mode = /^Mode: (leader|follower|observer|standalone)\b/m.exec(text)?.[1];
  const version = /^Zookeeper version: (\d+\.\d+\.\d+)/im.exec(text)?.[1];
  if (mode === undefined || version === undefined) {
    return { mode: 'unknown', said: text.slice(0, 80) };
  }
  return { mode: mode as 'leader' | 'follower' | 'observer' | 'standalone', version };
}
