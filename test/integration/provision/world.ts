import { readFile } from 'node:fs/promises';
import type { ActionContext } from '../../../src/actions/context.js';
import { LocalHost } from '../../../src/adapters/local-host.js';
import { SshConnector } from '../../../src/adapters/ssh/index.js';
import { systemClock } from '../../../src/adapters/system-clock.js';
import type { HostConnector } from '../../../src/ports/host-connector.js';
import type { Host } from '../../../src/ports/host.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';

/** A real world for an action, that counts the commands on hosts. */
export interface World {
  readonly context: ActionContext;
  readonly reporter: RecordingReporter;
  readonly connector: HostConnector;
  /** Commands that were run, by the host's name. */
  readonly commands: Map<string, string[]>;
}

export function openWorld({
  state,
  env = {},
}: {
  readonly state: string;
  readonly env?: Readonly<Record<string, string>>;
}): World {
  const reporter = new RecordingReporter();
  const commands = new Map<string, string[]>();
  const all = { ...process.env, XDG_STATE_HOME: state, ...env };
  const ssh = new SshConnector({
    env: all,
    homedir: state,
    clock: systemClock,
    questions: { possible: false, confirm: () => Promise.resolve(false) },
    acceptNewHostKeys: false,
    onNotice: () => undefined,
  });
  const connector: HostConnector = {
    get connections() {
      return ssh.connections;
    },
    open: (target) => counted(ssh.open(target), commands),
    close: () => ssh.close(),
  };
  const context: ActionContext = {
    reporter,
    clock: systemClock,
    signal: new AbortController().signal,
    host: new LocalHost(),
    hosts: connector,
    env: all,
    readFile: (path) => readFile(path),
    openPool: () => new FakePool(),
    keepSecret: () => undefined,
  };
  return { context, reporter, connector, commands };
}

function counted(host: Host, commands: Map<string, string[]>): Host {
  const note = (what: string): void => {
    commands.set(host.name, [...(commands.get(host.name) ?? []), what]);
  };
  return {
    name: host.name,
    run: (argv, options) => {
      note(argv.join(' '));
      return host.run(argv, options);
    },
    put: (content, path, mode, options) => {
      note(`put ${path}`);
      return host.put(content, path, mode, options);
    },
    forward: (address, port) => host.forward(address, port),
    reverseForward: (port) => host.reverseForward(port),
    close: () => host.close(),
  };
}
