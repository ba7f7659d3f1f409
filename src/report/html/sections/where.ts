import type { RunReport } from '../../../ports/run-report.js';
import type { ClusterFigures, Share } from '../../figures/clusters.js';
import type { Figures } from '../../figures/figures.js';
import { bytesText, counted, grouped, percent } from '../../numbers.js';
import { secondsText } from '../../words/times.js';
import { html, type Part } from '../markup.js';
import { absent, card, colourOf, lead, type Section } from '../parts.js';
import { type Cell, type Row, table } from '../table.js';

/** Executors of a cluster that are shown; a hundred rows would bury the clouds. */
const EXECUTORS = 24;

export function where(report: RunReport, figures: Figures): Section {
  return {
    id: 'where',
    title: 'Where it ran',
    body: html`<div class="grid">
      ${card('Jobs by cloud and executor', jobs(figures), true)}
      ${card('Bytes between clouds', bytes(report, figures), true)}
    </div>`,
  };
}

function jobs({ clusters }: Figures): Part {
  if (clusters.every(({ executions }) => executions === 0)) {
    return absent('No job has run on any executor.');
  }
  const most = Math.max(1, ...clusters.map(({ jobs: done }) => done));
  return html`${lead('Work is the time of the executions that succeeded, lost that of those that came to nothing. Busy is the share of its slots’ time from submission to end in which something ran.')}
  ${table({
    name: 'clusters',
    caption: 'Jobs by cloud and executor',
    columns: [
      { title: 'Cloud' },
      { title: 'Jobs done' },
      ...['Slots', 'Work', 'Lost', 'CPU', 'Mean job', 'Busy'].map((title) => ({
        title,
        number: true,
      })),
    ],
    rows: clusters.flatMap((cluster, index) => clusterRows(cluster, colourOf(index), most)),
  })}`;
}

function clusterRows(cluster: ClusterFigures, colour: string, most: number): Row[] {
  const { executors } = cluster;
  const shown = executors.length < 2 ? [] : executors.slice(0, EXECUTORS);
  const left = executors.length - Math.max(1, shown.length);
  const cpu = { text: secondsText(cluster.cpuSeconds), value: cluster.cpuSeconds };
  return [
    { cells: cellsOf(nameOf(cluster), cluster, { colour, most, cpu }) },
    ...shown.map((executor): Row => ({
      kind: 'sub',
      cells: cellsOf(executor.address, executor, { colour, most, cpu: { text: '' } }),
    })),
    ...(shown.length > 0 && left > 0
      ? [{ kind: 'sub' as const, cells: [`… and ${counted(left, 'executor')} more`] }]
      : []),
  ];
}

function nameOf({ cluster, executors }: ClusterFigures): Part {
  const only = executors.length === 1 ? executors[0] : undefined;
  return only === undefined || only.address === cluster
    ? cluster
    : html`${cluster} <span class="address">${only.address}</span>`;
}

function cellsOf(
  name: Part,
  share: Share,
  { colour, most, cpu }: { colour: string; most: number; cpu: Cell },
): Cell[] {
  const { jobs: done, slots, meanSeconds, busyShare } = share;
  return [
    { text: name },
    {
      text: html`<span class="count">${grouped(done)}</span>`,
      value: done,
      bar: { share: done / most, colour },
    },
    slots === undefined ? { text: '–' } : { text: grouped(slots), value: slots },
    seconds(share.workSeconds),
    seconds(share.wastedSeconds),
    cpu,
    meanSeconds === undefined ? { text: '–' } : seconds(meanSeconds),
    busyShare === undefined ? { text: '–' } : { text: percent(busyShare), value: busyShare },
  ];
}

function seconds(value: number): Cell {
  return { text: value === 0 ? '–' : secondsText(value), value };
}

function bytes({ submitterCluster }: RunReport, { clusters, bytes: moved }: Figures): Part {
  if (moved === undefined) {
    return absent('No execution has ended yet that says how many bytes it moved.');
  }
  const told = clusters.filter(
    ({ receivedBytes, sentBytes }) => receivedBytes !== undefined || sentBytes !== undefined,
  );
  const most = Math.max(1, ...told.flatMap((one) => [one.receivedBytes ?? 0, one.sentBytes ?? 0]));
  const from =
    submitterCluster === undefined ? 'the submitter' : `the submitter in ${submitterCluster}`;
  const cell = (value: number | undefined, colour: string): Cell =>
    value === undefined
      ? { text: '–' }
      : {
          text: html`<span class="count">${bytesText(value)}</span>`,
          value,
          bar: { share: value / most, colour },
        };
  return html`${lead(`HTCondor moves all files between ${from} and the executors.`)}
  ${table({
    name: 'bytes',
    caption: 'Bytes between the submitter and the clouds',
    columns: [{ title: 'Cloud' }, { title: 'To the executors' }, { title: 'Back from them' }],
    rows: [
      ...told.map((one) => {
        const colour = colourOf(clusters.indexOf(one));
        const own = one.cluster === submitterCluster ? ' (the submitter’s own)' : '';
        return {
          cells: [
            { text: `${one.cluster}${own}` },
            cell(one.receivedBytes, colour),
            cell(one.sentBytes, colour),
          ],
        };
      }),
      {
        kind: 'total',
        cells: [
          'all',
          {
            text: html`<span class="count">${bytesText(moved.received)}</span>`,
            value: moved.received,
          },
          { text: html`<span class="count">${bytesText(moved.sent)}</span>`, value: moved.sent },
        ],
      },
    ],
  })}`;
}
