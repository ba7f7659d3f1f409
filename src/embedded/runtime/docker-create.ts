import type Docker from 'dockerode';
import type { ContainerSpec } from './engine.js';

/** A `ContainerSpec` as the body of Docker's `POST /containers/create`. Pure. */
export function createOptions(spec: ContainerSpec): Docker.ContainerCreateOptions {
  const { extra } = spec;
  return {
    name: spec.name,
    Image: spec.image,
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: { ...spec.labels },
    Tty: spec.tty,
    ExposedPorts: Object.fromEntries(spec.exposed.map((port) => [port, {}])),
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: [...spec.entrypoint] }),
    ...(spec.command === undefined ? {} : { Cmd: [...spec.command] }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(extra.hostname === undefined ? {} : { Hostname: extra.hostname }),
    ...(extra.macAddress === undefined ? {} : { MacAddress: extra.macAddress }),
    ...(extra.workdir === undefined ? {} : { WorkingDir: extra.workdir }),
    ...(extra.stopSignal === undefined ? {} : { StopSignal: extra.stopSignal }),
    HostConfig: hostConfig(spec),
    NetworkingConfig: networkingConfig(spec),
  };
}

function hostConfig(spec: ContainerSpec): Docker.HostConfig {
  const { extra } = spec;
  return {
    NetworkMode: spec.network,
    Privileged: spec.privileged,
    RestartPolicy: { Name: 'no' },
    Binds: [...spec.binds],
    PortBindings: portBindings(spec),
    Memory: spec.memory,
    MemorySwap: spec.memorySwap,
    CpuShares: spec.cpuShares,
    CpuQuota: spec.cpuQuota,
    CpuPeriod: spec.cpuPeriod,
    CapAdd: [...extra.capAdd],
    CapDrop: [...extra.capDrop],
    Devices: extra.devices.map(device),
    Tmpfs: { ...extra.tmpfs },
    SecurityOpt: [...extra.securityOpt],
    Dns: [...extra.dns],
    DnsSearch: [...extra.dnsSearch],
    ExtraHosts: [...extra.extraHosts],
    GroupAdd: [...extra.groupAdd],
    Ulimits: extra.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    Sysctls: { ...extra.sysctls },
    ...optionalHostConfig(spec),
  };
}

function optionalHostConfig({ extra }: ContainerSpec): Docker.HostConfig {
  return {
    ...(extra.shmSize === undefined ? {} : { ShmSize: extra.shmSize }),
    ...(extra.init === undefined ? {} : { Init: extra.init }),
    ...(extra.readOnly === undefined ? {} : { ReadonlyRootfs: extra.readOnly }),
    ...(extra.pidsLimit === undefined ? {} : { PidsLimit: extra.pidsLimit }),
    ...(extra.ipcMode === undefined ? {} : { IpcMode: extra.ipcMode }),
    ...(extra.pidMode === undefined ? {} : { PidMode: extra.pidMode }),
    ...(extra.logDriver === undefined && Object.keys(extra.logOptions).length === 0
      ? {}
      : { LogConfig: { Type: extra.logDriver ?? '', Config: { ...extra.logOptions } } }),
  };
}

function portBindings(spec: ContainerSpec): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { container, hostAddress, hostPort } of spec.publish) {
    (bindings[container] ??= []).push({ HostIp: hostAddress, HostPort: String(hostPort) });
  }
  return bindings;
}

/** `/dev/net/tun`, `/dev/a:/dev/b`, `/dev/a:/dev/b:rw` as in `docker run --device`. */
function device(text: string): Docker.DeviceMapping {
  const [host = '', inside, permissions] = text.split(':');
  return {
    PathOnHost: host,
    PathInContainer: inside ?? host,
    CgroupPermissions: permissions ?? 'rwm',
  };
}

function networkingConfig({
  network,
  extra,
}: ContainerSpec): NonNullable<Docker.ContainerCreateOptions['NetworkingConfig']> {
  if (extra.ip === undefined && extra.networkAliases.length === 0) return {};
  const endpoint = {
    ...(extra.ip === undefined ? {} : { IPAMConfig: { IPv4Address: extra.ip } }),
    Aliases: [...extra.networkAliases],
  };
  return { EndpointsConfig: { [network]: endpoint } };
}
