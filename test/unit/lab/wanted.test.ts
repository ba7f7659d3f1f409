import { describe, expect, it } from 'vitest';
import type { Lab, LabHost } from '../../../src/lab/model.js';
import { missingHosts, type LabRequest } from '../../../src/lab/wanted.js';

const SUBNET = '10.199.0.0/24';

function labOf(...hosts: readonly LabHost[]): Lab {
  return { name: 'lab', subnet: SUBNET, wantsRegistry: true, hosts };
}
function present(cloud: string, number: number, address: string, isBare = false): LabHost {
  return { id: `${cloud}-${number}`, cloud, number, address, isBare, state: 'running' };
}
const missing = (lab: Lab, request: Partial<LabRequest> = {}) =>
  missingHosts(lab, SUBNET, { bare: [], ...request }).map(
    ({ id, address, isBare }) => `${id} ${address}${isBare ? ' bare' : ''}`,
  );

describe('missingHosts', () => {
  it('gives a first lab its three clouds', () => {
    expect(missing(labOf())).toEqual([
      'chameleon-1 10.199.0.17',
      'azure-1 10.199.0.33',
      'cloudlab-1 10.199.0.49',
    ]);
  });

  it('adds nothing to a lab that is there and of which nothing more was asked', () => {
    expect(missing(labOf(present('b', 1, '10.199.0.17')))).toEqual([]);
  });

  it('adds hosts beside those of their cloud, and new clouds in the first free block', () => {
    const lab = labOf(present('a', 1, '10.199.0.17'), present('b', 1, '10.199.0.49'));
    expect(missing(lab, { clouds: ['b', 'c', 'd'], hostsPerCloud: 2 })).toEqual([
      'b-2 10.199.0.50',
      'c-1 10.199.0.33',
      'c-2 10.199.0.34',
      'd-1 10.199.0.65',
      'd-2 10.199.0.66',
    ]);
  });

  it('makes a host again that went missing between others', () => {
    const lab = labOf(present('a', 1, '10.199.0.17'), present('a', 3, '10.199.0.19'));
    expect(missing(lab)).toEqual(['a-2 10.199.0.18']);
  });

  it('makes the named hosts and clouds bare, or all', () => {
    const request = { clouds: ['a', 'b'], hostsPerCloud: 2 };
    expect(missing(labOf(), { ...request, bare: ['a-2', 'b'] })).toEqual([
      'a-1 10.199.0.17',
      'a-2 10.199.0.18 bare',
      'b-1 10.199.0.33 bare',
      'b-2 10.199.0.34 bare',
    ]);
    expect(missing(labOf(), { ...request, bare: 'all' })).toHaveLength(4);
  });

  it('refuses everything that is wrong with the names at once', () => {
    const clouds = ['Azure', 'a', 'a', 'b_c'];
    expect(() => missing(labOf(), { clouds, hostsPerCloud: 0.5 })).toThrow(
      /^"Azure" is no name.*; "b_c" is no name.*; cloud a is there twice.*; --hosts-per-cloud 0.5 is/,
    );
  });

  it.each([0, 15, Number.NaN])('refuses %s hosts in a cloud', (hostsPerCloud) => {
    expect(() => missing(labOf(), { hostsPerCloud })).toThrow('write a number from 1 to 14');
  });

  it('refuses more clouds than have room, those that are there included', () => {
    const clouds = Array.from({ length: 15 }, (_, index) => `c${index}`);
    expect(missing(labOf(), { clouds })).toHaveLength(15);
    const lab = labOf(present('other', 1, '10.199.0.17'));
    expect(() => missing(lab, { clouds })).toThrow('a lab has room for 15 clouds');
  });

  it('refuses bare hosts that are not, or that are there with Docker', () => {
    const lab = labOf(present('a', 1, '10.199.0.17'), present('b', 1, '10.199.0.33', true));
    expect(() => missing(lab, { bare: ['a-1', 'b-1', 'c'] })).toThrow(
      /--bare c is neither.*there are a-1, a, b-1, b; a-1 is there already, with a docker engine/,
    );
  });
});
