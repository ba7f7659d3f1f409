/**
 * An app as this project writes it to a Marathon (1.5+ form). Only the properties that crossflock
 * sets; the server adds defaults. Units: `mem` and `disk` in MB, times in seconds.
 */
export interface MarathonApp {
  readonly id: string;
  readonly cmd?: string;
  readonly args?: readonly string[];
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly instances: number;
  readonly container: {
    readonly type: 'DOCKER';
    readonly docker: {
      readonly image: string;
      readonly privileged: boolean;
      readonly forcePullImage?: boolean;
      readonly parameters: readonly { readonly key: string; readonly value: string }[];
    };
    readonly volumes: readonly AppVolume[];
    readonly portMappings: readonly AppPortMapping[];
  };
  readonly networks: readonly { readonly mode: string; readonly name?: string }[];
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly constraints?: readonly (readonly string[])[];
  readonly healthChecks?: readonly Readonly<Record<string, unknown>>[];
  readonly upgradeStrategy?: {
    readonly minimumHealthCapacity: number;
    readonly maximumOverCapacity: number;
  };
  readonly taskKillGracePeriodSeconds?: number;
}

export interface AppVolume {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly mode: 'RO' | 'RW';
}

export interface AppPortMapping {
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly protocol: string;
  readonly name?: string;
}
