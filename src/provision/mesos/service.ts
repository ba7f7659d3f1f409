import { posix } from 'node:path';
import { mesosServiceName } from './paths.js';
import { INIT_SCRIPT, RUN_SCRIPT, SUPERVISE_SCRIPT } from './service-scripts.js';
import type { PartInput, WantedFile, WantedService } from './types.js';
import { plainFile, specOf } from './wanted-file.js';

export interface ServiceInput {
  readonly part: WantedService['part'];
  readonly envFile: string;
  /** What it reads when it starts. */
  readonly files: readonly WantedFile[];
  readonly command: string;
  readonly image?: string;
}

/** A part as a supervised service; where the host has neither init system it is systemd's. */
export function wantedService(input: PartInput, service: ServiceInput): WantedService {
  const { deployment, cluster, paths } = input;
  const { part, image } = service;
  const init = input.init === 'sysv' ? 'sysv' : 'systemd';
  const name = mesosServiceName(deployment, cluster.id, part);
  const folder = posix.dirname(service.envFile);
  const settings = serviceSettings(input, service);
  const spec = specOf([
    settings,
    RUN_SCRIPT,
    image ?? null,
    service.files.map((file) => [file.path, file.spec]),
  ]);
  const lines = Object.entries({ ...settings, spec }).map(([key, value]) => `${key}=${value}\n`);
  const at = (path: string, mode: number) => ({ path, mode, part }) as const;
  const scripts = [
    plainFile(at(posix.join(folder, 'service'), 0o600), lines.join('')),
    plainFile(at(posix.join(folder, 'run'), 0o700), RUN_SCRIPT),
  ];
  const common = { part, name, spec, specFile: posix.join(paths.runtime, `${part}.spec`) };
  const placed = { ...common, ...(image === undefined ? {} : { image }) };
  return init === 'systemd'
    ? { ...placed, ...systemdService(name), files: [...scripts, unitFile()] }
    : { ...placed, ...sysvService(name), files: [...scripts, ...sysvFiles()] };

  function unitFile(): WantedFile {
    const title = `Mesos ${part} of ${cluster.id} in ${deployment}`;
    return plainFile(at(unitPath(name), 0o644), unitText(title, folder));
  }

  function sysvFiles(): readonly WantedFile[] {
    const log = `/var/log/crossflock/${name}.log`;
    const pidFile = posix.join(paths.runtime, `${part}.pid`);
    return [
      plainFile(at(posix.join(folder, 'supervise'), 0o700), SUPERVISE_SCRIPT),
      plainFile(at(scriptPath(name), 0o755), initScript({ name, folder, pidFile, log })),
      plainFile(at(posix.join('/etc/logrotate.d', name), 0o644), logRotation(log)),
    ];
  }
}

/** What the constant scripts are told. */
function serviceSettings(
  { paths, engine }: PartInput,
  { part, command, envFile, image }: ServiceInput,
): Readonly<Record<string, string>> {
  const standard = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const isSource = engine.install === 'source';
  return {
    part,
    command,
    settings: posix.dirname(envFile),
    work: posix.join(paths.data, part),
    runtime: paths.runtime,
    root: image === undefined ? '' : paths.currentRoot,
    path: isSource ? `${posix.join(paths.source, 'sbin')}:${standard}` : standard,
  };
}

function unitPath(name: string): string {
  return `/etc/systemd/system/${name}.service`;
}

function scriptPath(name: string): string {
  return `/etc/init.d/${name}`;
}

type Control = Pick<WantedService, 'init' | 'definition' | 'start' | 'restart' | 'stop'>;

function systemdService(name: string): Control {
  const unit = `${name}.service`;
  const reload = ['systemctl', 'daemon-reload'];
  return {
    init: 'systemd',
    definition: unitPath(name),
    start: [reload, ['systemctl', 'enable', '--now', unit]],
    restart: [reload, ['systemctl', 'enable', unit], ['systemctl', 'restart', unit]],
    stop: [['systemctl', 'disable', '--now', unit]],
  };
}

function sysvService(name: string): Control {
  const enable = ['update-rc.d', name, 'defaults'];
  const script = scriptPath(name);
  return {
    init: 'sysv',
    definition: script,
    start: [enable, [script, 'start']],
    restart: [enable, [script, 'restart']],
    stop: [
      [script, 'stop'],
      ['update-rc.d', '-f', name, 'remove'],
    ],
  };
}

/**
 * Only the process itself is ended (systemd.kill(5)): what an agent has started goes on, and finds
 * the agent again when that is back. It starts whenever it ends, at first while Docker does not
 * answer yet.
 */
function unitText(title: string, folder: string): string {
  return `# Written by crossflock; changes are overwritten.
[Unit]
Description=${title}
Wants=network-online.target docker.service
After=network-online.target docker.service
StartLimitIntervalSec=0

[Service]
ExecStart=${posix.join(folder, 'run')}
KillMode=process
Restart=always
RestartSec=2
LimitNOFILE=65536
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;
}

function initScript(of: {
  readonly name: string;
  readonly folder: string;
  readonly pidFile: string;
  readonly log: string;
}): string {
  return `#!/bin/sh
# Written by crossflock; changes are overwritten.
### BEGIN INIT INFO
# Provides:          ${of.name}
# Required-Start:    $remote_fs $network docker
# Required-Stop:     $remote_fs $network
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: a part of Mesos
### END INIT INFO
folder=${of.folder}
pidfile=${of.pidFile}
log=${of.log}
${INIT_SCRIPT.trimStart()}`;
}

/** The file is emptied in its place: the service has it open. */
function logRotation(log: string): string {
  return `# Written by crossflock; changes are overwritten.
${log} {
  size 10M
  rotate 3
  copytruncate
  missingok
  notifempty
}
`;
}
