import type { MesosEngine } from '../../plan/types.js';
import type { MesosPart } from './paths.js';

/** What making a part anew, or starting it again, means for what runs; in words. */
export function consequence(
  part: MesosPart,
  action: 'create' | 'update' | 'restart' | 'start',
  { masters }: Pick<MesosEngine, 'masters'>,
): string {
  if (action === 'create' || action === 'start') return '';
  const isAlone = masters.length === 1;
  switch (part) {
    case 'zookeeper':
      return isAlone
        ? '; the master and marathon end and come back within about a minute, tasks go on'
        : '; the others of the ensemble go on';
    case 'master':
      return isAlone
        ? '; no task is started for about 20 s, those that run go on'
        : '; another master leads after about 10 s, tasks go on';
    case 'marathon':
      return '; its api is away for about half a minute, tasks go on';
    case 'agent':
      return action === 'update'
        ? '; nothing is started again'
        : '; running containers go on, the agent finds them again within seconds';
  }
}
