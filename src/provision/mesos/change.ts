import type { ChangeView } from '../../ports/reporter.js';
import type { MesosPart } from './paths.js';
import type { MesosSecret } from './secrets.js';
import type { WantedFile, WantedFolder } from './types.js';

/** One thing to do on a host, as root; the steps of a change in this order. */
export type MesosStep =
  | { readonly do: 'folders'; readonly folders: readonly WantedFolder[] }
  /** With what is in them noted in the manifest: see `manifestText`. */
  | { readonly do: 'files'; readonly files: readonly WantedFile[] }
  /** Files of root with one secret each: see `secretPath`. */
  | { readonly do: 'secrets'; readonly names: readonly MesosSecret[] }
  /** `UNPACK_SCRIPT` with these variables. */
  | {
      readonly do: 'unpack';
      readonly env: Readonly<
        Record<
          'CROSSFLOCK_IMAGE' | 'CROSSFLOCK_ROOTS' | 'CROSSFLOCK_LINK' | 'CROSSFLOCK_DEPLOYMENT',
          string
        >
      >;
    }
  /** Compiles Mesos: see `compileMesos`. */
  | { readonly do: 'compile' }
  | { readonly do: 'run'; readonly argv: readonly string[] }
  | { readonly do: 'remove'; readonly paths: readonly string[] };

/** A difference between what is on a host and what is wanted there. */
export interface MesosChange {
  /** Its detail says the consequence. */
  readonly view: ChangeView;
  readonly hostId: string;
  readonly part: MesosPart | 'secrets';
  /** Whether the part leads the others of its kind: it is changed last. */
  readonly leads: boolean;
  readonly steps: readonly MesosStep[];
}

const ORDER = ['secrets', 'zookeeper', 'master', 'marathon', 'agent'] as const;

/**
 * The changes of all hosts in the order that they are made in: one after the other but for the
 * agents, of each kind the leader last.
 */
export function inTurn(changes: readonly MesosChange[]): readonly MesosChange[] {
  const rank = ({ part, leads }: MesosChange): number => ORDER.indexOf(part) * 2 + (leads ? 1 : 0);
  return [...changes].sort((a, b) => rank(a) - rank(b));
}
