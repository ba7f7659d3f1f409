/** What the stand-in keeps of a host; `newHost` in `lan.mjs` says what each is. */
export interface StandInHost {
  address: string;
  hostname: string;
  machineName: string;
  version: string;
  engine: { Version: string; ApiVersion: string; MinAPIVersion: string } | null;
  candidate: string;
  images: string[];
  registry: string[];
  downloads: Record<string, string>;
  modules: string[];
  iptables: string;
  bridge: string;
  mtu: number;
  exposed: string[];
  claims: Record<string, string>;
  container: {
    image: string;
    state: string;
    labels: Record<string, string>;
    router: { name: string; password: string; range: string; targets: string[]; proxy: boolean };
  } | null;
  log: string[];
  tcpDropped: string[];
  udpDropped: string[];
  calls: { args: string[]; env: Record<string, string> }[];
}

export class Lan {
  constructor(folder: string, address: string);
  host(address: string): StandInHost;
  save(host: StandInHost): void;
  change(address: string, edit: (host: StandInHost) => void): StandInHost;
}

export function newHost(address: string, change?: Partial<StandInHost>): StandInHost;
