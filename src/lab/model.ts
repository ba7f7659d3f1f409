/** A lab host: a container that is to everything else a machine reached by SSH. */
export interface LabHost {
  /** `<cloud>-<number>`: how people call it, and its host name. */
  readonly id: string;
  readonly cloud: string;
  /** From 1 on, within its cloud. */
  readonly number: number;
  readonly address: string;
  /** Made without a Docker Engine; one may have been installed since. */
  readonly isBare: boolean;
  /** Docker's word for the container's state: `running`, `exited`, `created` … */
  readonly state: string;
}

/** What is there of a lab. All of it may be missing in part, after an interruption, say. */
export interface Lab {
  readonly name: string;
  /** CIDR of its Docker network. */
  readonly subnet?: string;
  /** Whether a registry was asked for when the lab was made. */
  readonly wantsRegistry: boolean;
  readonly registry?: { readonly address: string; readonly state: string };
  /** By cloud in the order of their addresses, then by number. */
  readonly hosts: readonly LabHost[];
}

/** A host that is wanted and not there. */
export type NewHost = Omit<LabHost, 'state'>;

export function isRunning({ state }: { readonly state: string }): boolean {
  return state === 'running';
}

/** The clouds of a lab, each once. */
export function cloudsOf(hosts: readonly { readonly cloud: string }[]): readonly string[] {
  return [...new Set(hosts.map(({ cloud }) => cloud))];
}
