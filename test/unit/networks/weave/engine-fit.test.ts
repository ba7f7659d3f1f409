import { describe, expect, it } from 'vitest';

import { candidateFit, engineFit } from '../../../../src/networks/weave/engine-fit.js';
import { DOCKER_20, DOCKER_26 } from './members.js';

const DOCKER_29 = { version: '29.0.1', api: '1.52', minApi: '1.44' };

describe('engineFit', () => {
  it('lets 2.8.1 run where API 1.18 is accepted', () => {
    expect(engineFit(DOCKER_20, '2.8.1')).toEqual({ fits: true, apiVersion: undefined });
    const docker25 = { version: '25.0.3', api: '1.44', minApi: '1.18' };
    expect(engineFit(docker25, '2.8.1')).toMatchObject({ fits: true });
  });

  it('says that 2.8.1 cannot talk to docker 26, and the ways out', () => {
    expect(engineFit(DOCKER_26, '2.8.1')).toEqual({
      fits: false,
      why: 'weave net 2.8.1 speaks docker api 1.18, and docker 26.1.5+dfsg1 accepts 1.24 and later',
      wayOut:
        'write "network.weave.version": "2.9.0" (the maintained fork, which needs nothing else), "network.driver": "wireguard", or have docker engine 20.10 to 24 on the host',
    });
  });

  it('names the variable that docker 25 still has', () => {
    const fit = engineFit({ version: '25.0.3', api: '1.44', minApi: '1.24' }, '2.8.1');
    expect(fit).toMatchObject({
      fits: false,
      wayOut: expect.stringContaining('DOCKER_MIN_API_VERSION=1.18') as unknown,
    });
  });

  it.each([
    ['2.9.0', DOCKER_20, undefined],
    ['2.9.0', DOCKER_26, undefined],
    ['2.9.0', DOCKER_29, '1.44'],
    ['2.8.2', DOCKER_29, '1.44'],
  ])('tells the fork %s which API to speak', (version, engine, apiVersion) => {
    expect(engineFit(engine, version)).toEqual({ fits: true, apiVersion });
  });
});

describe('candidateFit', () => {
  it.each([
    ['20.10.24+dfsg1-1+deb12u1', '2.8.1', true],
    ['24.0.7-0ubuntu4', '2.8.1', true],
    ['25.0.1-1', '2.8.1', false],
    ['26.1.5+dfsg1-9+b9', '2.8.1', false],
    ['5:29.0.1-1~debian.13~trixie', '2.8.1', false],
    ['26.1.5+dfsg1-9+b9', '2.9.0', true],
  ])('%s and weave %s: %s', (candidate, version, fits) => {
    expect(candidateFit(candidate, version)?.fits).toBe(fits);
  });

  it('says nothing about a version it cannot read', () => {
    expect(candidateFit('(none)', '2.8.1')).toBeUndefined();
  });
});
