// `crossflock provision -c CONFIGURATION`, where all hosts are one machine: the virtual network
// looked at is its Docker network, since one machine cannot be many members of `wireguard`,
// and the configuration's check refuses the driver `bridge` for many hosts. All else is the
// program as it is, with everything that it loads. Arguments: the configuration.
import '../../dist/main.js';
import { provision } from '../../dist/actions/provision.js';
import { perform } from '../../dist/cli/perform.js';
import { BridgeNetwork } from '../../dist/networks/bridge/bridge-network.js';

const [config, ...only] = process.argv.slice(2);
const interrupt = new globalThis.AbortController();
process.once('SIGTERM', () => interrupt.abort());
const { stdin, stdout, stderr, env } = process;
const edge = { scriptName: 'crossflock', signal: interrupt.signal, stdin, stdout, stderr, env };
const flags = { json: false, debug: false, command: 'provision' };
const options = { config, dryRun: false, ...(only.length === 0 ? {} : { only }) };
const openNetwork = (plan) => new BridgeNetwork(plan);
process.exitCode = await perform(edge, flags, (context) =>
  provision(context, options, openNetwork),
);
