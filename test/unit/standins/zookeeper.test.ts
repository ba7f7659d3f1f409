import { describe, expect, test } from 'vitest';
import {
  createNode,
  emptyState,
  endSession,
  getNode,
  listNodes,
  removeNode,
  setNode,
} from '../../standins/mesos/zookeeper/tree.js';
import { parseProperties } from '../../standins/mesos/zookeeper/zoo-config.js';

describe('nodes', () => {
  test('are made with what is above them, and numbered', () => {
    const state = emptyState();
    const member = { path: '/mesos/json.info_', data: 'x', sequential: true };
    expect(createNode(state, member)).toBe('/mesos/json.info_0000000000');
    expect(createNode(state, member)).toBe('/mesos/json.info_0000000001');
    expect(listNodes(state, '/mesos')).toStrictEqual([
      'json.info_0000000000',
      'json.info_0000000001',
    ]);
  });

  test('end with their session', () => {
    const state = emptyState();
    createNode(state, { path: '/a/b', data: '', owner: 's1' });
    createNode(state, { path: '/a/c', data: '' });
    endSession(state, 's1');
    expect(listNodes(state, '/a')).toStrictEqual(['c']);
  });

  test('with a secret are changed by nobody else', () => {
    const state = emptyState();
    createNode(state, { path: '/m/x', data: '1', auth: 'right', readable: true });
    createNode(state, { path: '/p/x', data: '1', auth: 'right' });
    expect(getNode(state, '/m/x')).toBe('1');
    expect(() => getNode(state, '/p/x', 'wrong')).toThrow('NoAuth');
    expect(() => {
      setNode(state, '/m/x', '2');
    }).toThrow('NoAuth');
    expect(() => createNode(state, { path: '/m/y', data: '', auth: 'wrong' })).toThrow('NoAuth');
    setNode(state, '/m/x', '2', 'right');
    expect(getNode(state, '/m/x')).toBe('2');
  });

  test('with others below stay', () => {
    const state = emptyState();
    createNode(state, { path: '/a/b', data: '' });
    expect(() => {
      removeNode(state, '/a');
    }).toThrow('NotEmpty');
    removeNode(state, '/a/b');
    removeNode(state, '/a');
    expect(state.nodes).toStrictEqual({});
  });
});

test('zoo.cfg is a properties file', () => {
  const text = '# x\ndataDir=/d\n4lw.commands.whitelist = srvr, ruok\nserver.1=h:2888:3888\n';
  expect(Object.fromEntries(parseProperties(text))).toStrictEqual({
    dataDir: '/d',
    '4lw.commands.whitelist': 'srvr, ruok',
    'server.1': 'h:2888:3888',
  });
});
