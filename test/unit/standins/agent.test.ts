import { describe, expect, test } from 'vitest';
import { incompatibility } from '../../standins/mesos/agent/compatibility.js';
import { parseDuration } from '../../standins/mesos/common/duration.js';
import type { AgentInfo } from '../../standins/mesos/common/mesos.js';
import { parseAttributes, parseResources } from '../../standins/mesos/common/resources.js';
import { parseZkUrl } from '../../standins/mesos/common/zk-url.js';

const info: AgentInfo = {
  hostname: 'h1',
  ip: '10.0.0.1',
  port: 5051,
  resources: { cpus: 2, mem: 2048, disk: 4096, ports: [{ begin: 31_000, end: 31_099 }] },
  attributes: { rack: 'a' },
};
const withCpus = (cpus: number): AgentInfo => ({
  ...info,
  resources: { ...info.resources, cpus },
});

describe('an agent that has run before', () => {
  test('goes on with the same', () => {
    expect(incompatibility(info, { ...info }, 'equal')).toBeUndefined();
  });
  test('does not go on with any change by default', () => {
    expect(incompatibility(info, withCpus(4), 'equal')).toMatch(
      /^Incompatible agent info detected. \n\n-{60}\nOld agent info:\nhostname: "h1"\nresources {\n {2}name: "cpus"\n {2}type: SCALAR\n {2}scalar {\n {4}value: 2\n/,
    );
  });
  test('may get more, where it may be added to', () => {
    expect(incompatibility(info, withCpus(4), 'additive')).toBeUndefined();
    expect(incompatibility(info, withCpus(1), 'additive')).toContain(
      "Value of scalar resource 'cpus' decreased from 2 to 1",
    );
  });
  test('may not lose an attribute there', () => {
    expect(incompatibility(info, { ...info, attributes: {} }, 'additive')).toContain('rack');
  });
  test('may change altogether, where anything may', () => {
    expect(incompatibility(info, withCpus(1), 'any')).toBeUndefined();
  });
});

test('resources as text and as JSON', () => {
  const ports = [
    { begin: 31_000, end: 31_099 },
    { begin: 1, end: 2 },
  ];
  expect(parseResources('cpus:2;mem:2048;ports:[31000-31099, 1-2]')).toStrictEqual({
    cpus: 2,
    mem: 2048,
    ports,
  });
  const cpus = { name: 'cpus', type: 'SCALAR', scalar: { value: 2 } };
  expect(parseResources(JSON.stringify([cpus]))).toStrictEqual({ cpus: 2 });
  expect(() => parseResources('cpus')).toThrow("missing or extra ':'");
});

test('attributes', () => {
  expect(parseAttributes('rack:a;n:1')).toStrictEqual({ rack: 'a', n: 1 });
  expect(() => parseAttributes('bad')).toThrow("Invalid attribute key:value pair 'bad'");
});

test('durations', () => {
  expect(parseDuration('10mins')).toBe(600_000);
  expect(parseDuration('2secs')).toBe(2000);
  expect(parseDuration('10 minutes')).toBeUndefined();
});

test('the URL of ZooKeeper', () => {
  expect(parseZkUrl('zk://u:s:x@h1:1,h2/mesos/')).toStrictEqual({
    servers: [
      { host: 'h1', port: 1 },
      { host: 'h2', port: 2181 },
    ],
    auth: 'u:s:x',
    path: '/mesos',
  });
  expect(() => parseZkUrl('h1:2181/mesos')).toThrow("Expecting 'zk://'");
});
