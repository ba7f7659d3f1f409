import { describe, expect, it } from 'vitest';

import { parseWeaveState, weaveProbe } from '../../../../src/networks/weave/probe.js';
import { settingsOf } from './members.js';
import { fixture } from './transcripts.js';

const VERSION =
  '{"Platform":{"Name":""},"Components":[],"Version":"26.1.5+dfsg1","ApiVersion":"1.45","MinAPIVersion":"1.24","Os":"linux"}';
const LISTED =
  '[{"Id":"1f","Names":["/weave"],"Image":"rajchaudhuri/weave:2.9.0","Labels":{"crossflock.weave":"abc"},"State":"running","Status":"Up 2 minutes"}]';
const PRINTED =
  '{"Command":"x","Image":"rajchaudhuri/weave:2.9.0","Labels":"a=b=c,crossflock.weave=abc","Names":"weave","State":"exited"}';
const LINK =
  '9: weave: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1376 qdisc noqueue state UP mode DEFAULT group default qlen 1000\\    link/ether 86:dc:2a:96:46:4c brd ff:ff:ff:ff:ff:ff';
const ADDRESS =
  '9: weave    inet 172.16.0.254/24 brd 172.16.0.255 scope global weave\\       valid_lft forever preferred_lft forever';

function answer(sections: Readonly<Record<string, string>>): string {
  return Object.entries(sections)
    .map(([name, text]) => `\n@@ ${name}\n${text}\n`)
    .join('');
}

describe('parseWeaveState', () => {
  it('reads a host with a router', () => {
    const state = parseWeaveState(
      answer({
        ...{ engine: VERSION, container: LISTED, report: fixture('2.8.1/report.json') },
        ...{ script: 'yes', link: LINK, datapath: '', addresses: ADDRESS },
      }),
    );
    expect(state).toMatchObject({
      engine: { version: '26.1.5+dfsg1', api: '1.45', minApi: '1.24' },
      container: {
        image: 'rajchaudhuri/weave:2.9.0',
        state: 'running',
        labels: { 'crossflock.weave': 'abc' },
      },
      report: { name: 'ce:46:72:24:19:80' },
      hasScript: true,
      missingImages: [],
      bridge: 'bridge',
      mtu: 1376,
      exposed: ['172.16.0.254/24'],
    });
  });

  it('reads what the command line of docker prints', () => {
    expect(parseWeaveState(answer({ engine: VERSION, container: PRINTED })).container).toEqual({
      image: 'rajchaudhuri/weave:2.9.0',
      state: 'exited',
      labels: { a: 'b=c', 'crossflock.weave': 'abc' },
    });
  });

  it('reads a host without anything', () => {
    const sections = {
      ...{
        engine: '',
        candidate: '26.1.5+dfsg1-9+b9',
        container: '',
        missing: 'a/weave:1\na/weavedb:latest',
      },
      ...{
        'module-openvswitch': 'no',
        'module-dummy': 'unknown',
        iptables: 'iptables v1.8.9 (legacy)',
        script: 'no',
      },
    };
    expect(parseWeaveState(answer(sections))).toEqual({
      ...{
        engine: undefined,
        engineCandidate: '26.1.5+dfsg1-9+b9',
        container: undefined,
        report: undefined,
      },
      ...{ hasScript: false, missingImages: ['a/weave:1', 'a/weavedb:latest'] },
      modules: { openvswitch: 'no', dummy: 'unknown' },
      ...{ bridge: 'none', mtu: undefined, exposed: [], iptables: 'legacy' },
    });
  });

  it('tells the fast datapath from a bridge', () => {
    const datapath = LINK.replace('weave', 'datapath');
    expect(parseWeaveState(answer({ link: LINK, datapath })).bridge).toBe('fastdp');
  });

  it('takes an engine of before the least API version for one that takes all', () => {
    const engine = '{"Version":"1.12.6","ApiVersion":"1.24"}';
    expect(parseWeaveState(answer({ engine })).engine?.minApi).toBe('1.12');
  });

  it('refuses what is no answer of docker', () => {
    expect(() => parseWeaveState(answer({ engine: 'Bad Gateway' }))).toThrow(
      'cannot read what docker answered: Bad Gateway',
    );
  });
});

describe('weaveProbe', () => {
  it('has no secret, and no variable that would change what other probes see', () => {
    const context = { settings: settingsOf(), script: '/usr/local/bin/weave', engine: undefined };
    const { env = {}, script } = weaveProbe(context);
    expect(JSON.stringify(env)).not.toContain('s3cret');
    expect(Object.keys(env).filter((name) => name.startsWith('DOCKER_'))).toEqual([]);
    expect(script).not.toContain('/usr/local/bin/weave');
  });
});
