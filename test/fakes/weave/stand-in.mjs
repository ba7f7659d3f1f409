// A stand-in for Weave Net and the few programs around it, for tests: see stand-in.md.
// Usage: node stand-in.mjs <folder> <address of the host> <program> [argument ...]
import process from 'node:process';
import { Lan } from './lan.mjs';
import { curl, docker, ping } from './tools.mjs';
import { weave } from './weave.mjs';

const PROGRAMS = { weave, docker, curl, ping };
const [folder, address, program, ...args] = process.argv.slice(2);
const lan = new Lan(folder, address);
const host = lan.host();
const isReading = ['curl', 'ping'].includes(program);
const result = PROGRAMS[program]({ lan, host, args, env: process.env });
if (program === 'weave') host.calls.push({ args, env: ofWeave(process.env) });
else if (!isReading) host.calls.push({ args: [program, ...args], env: {} });
if (!isReading) lan.save(host);
print(result);
process.exitCode = result.exit;

function ofWeave(env) {
  const wanted = /^(WEAVE|DOCKER|CHECKPOINT|IPTABLES)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => wanted.test(name)));
}

/** The fork runs its container with a terminal, unless told otherwise. */
function print({ stdout = '', stderr = '' }) {
  const given = process.env.WEAVEEXEC_DOCKER_ARGS ?? '';
  const isTerminal =
    program === 'weave' && host.version !== '2.8.1' && !/-t=false|--tty=false/.test(given);
  if (isTerminal) {
    process.stdout.write((stdout + stderr).replaceAll('\n', '\r\n'));
    return;
  }
  process.stdout.write(stdout);
  process.stderr.write(stderr);
}
