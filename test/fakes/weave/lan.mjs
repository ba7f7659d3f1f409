// The state of the stand-in: one JSON file for each host in one folder, the "local network".
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isRunning } from './links.mjs';
import { reportOf } from './reports.mjs';

/** The host of this process and all hosts of its network. */
export class Lan {
  constructor(folder, address) {
    this.folder = folder;
    this.address = address;
  }

  host(address = this.address) {
    const file = join(this.folder, `${address}.json`);
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  }

  hosts() {
    const names = readdirSync(this.folder).filter((name) => name.endsWith('.json'));
    return names.map((name) => JSON.parse(readFileSync(join(this.folder, name), 'utf8')));
  }

  /** Also writes what other programs print, for which a process each would be too slow. */
  save(host) {
    const folder = join(this.folder, host.address);
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(answersOf(host))) write(join(folder, name), text);
    write(join(this.folder, `${host.address}.json`), JSON.stringify(host, undefined, 1));
    // What each router says depends on the others.
    for (const other of this.hosts()) {
      const report = isRunning(other) ? JSON.stringify(reportOf(this, other), undefined, 4) : '';
      write(join(this.folder, other.address, 'report'), report);
    }
  }

  change(address, edit) {
    const host = this.host(address);
    edit(host);
    this.save(host);
    return host;
  }
}

function write(file, text) {
  writeFileSync(`${file}.${process.pid}.tmp`, text);
  renameSync(`${file}.${process.pid}.tmp`, file);
}

function answersOf(host) {
  const { bridge, mtu, exposed, modules, iptables, candidate, engine, images } = host;
  const link = (name) =>
    `9: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu ${mtu} qdisc noqueue state UP mode DEFAULT group default qlen 1000\n`;
  const addresses = exposed.map(
    (address) => `9: weave    inet ${address} scope global weave\\       valid_lft forever\n`,
  );
  return {
    link: bridge === 'none' ? '' : link('weave'),
    datapath: bridge === 'fastdp' ? link('datapath') : '',
    addresses: bridge === 'none' ? '' : addresses.join(''),
    modules: lines(modules),
    iptables: `iptables v1.8.11 (${iptables})\n`,
    candidate: `docker.io:\n  Installed: (none)\n  Candidate: ${candidate}\n`,
    // Empty: no engine answers.
    version: engine === null ? '' : `${JSON.stringify(engine)}\n`,
    images: lines(images),
    ...containerAnswers(host.container),
  };
}

/** As the engine's API and as its command line list containers. */
function containerAnswers(container) {
  if (container === null) return { containers: '[]\n', ps: '' };
  const { image: Image, state: State, labels } = container;
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return {
    containers: `${JSON.stringify([{ Names: ['/weave'], Image, Labels: labels, State }])}\n`,
    ps: `${JSON.stringify({ Image, Labels: pairs.join(','), Names: 'weave', State })}\n`,
  };
}

function lines(words) {
  return words.map((word) => `${word}\n`).join('');
}

/** A host before Weave was ever launched on it; `change` replaces properties. */
export function newHost(address, change = {}) {
  const images = ['weave:2.9.0', 'weaveexec:2.9.0', 'weavedb:latest'];
  return {
    address,
    hostname: `host-${address.split('.').at(-1)}`,
    /** What Weave calls the host where nobody gives a name: made from its machine id. */
    machineName: `ce:46:72:24:19:${Number(address.split('.').at(-1)).toString(16).padStart(2, '0')}`,
    /** Version of Weave's script. */
    version: '2.9.0',
    /** `docker version` of the engine; null where there is none. */
    engine: { Version: '26.1.5+dfsg1', ApiVersion: '1.45', MinAPIVersion: '1.24' },
    candidate: '26.1.5+dfsg1-9+b9',
    images: images.map((image) => `rajchaudhuri/${image}`),
    /** Images that a pull brings. */
    registry: [],
    /** What a download brings, by URL. */
    downloads: {},
    modules: ['dummy'],
    iptables: 'nf_tables',
    bridge: 'none',
    mtu: 65535,
    exposed: [],
    /** Addresses that containers have claimed, and the containers. */
    claims: {},
    /** The container called `weave`. */
    container: null,
    /** What the container prints. */
    log: [],
    /** Hosts whose packets a firewall drops, both ways. */
    tcpDropped: [],
    udpDropped: [],
    calls: [],
    ...change,
  };
}
