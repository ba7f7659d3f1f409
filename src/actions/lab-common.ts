import { join } from 'node:path';
import { didYouMean } from '../config/suggest.js';
import { CrossflockError } from '../errors/crossflock-error.js';
import { labFiles, type Access, type LabFiles } from '../lab/access.js';
import { readLabs } from '../lab/inventory.js';
import { cloudsOf, type Lab, type LabHost } from '../lab/model.js';
import { hostContainer, isName, NAME_RULE } from '../lab/names.js';
import { stateDirectory } from '../state/pool-key.js';
import type { ActionContext } from './context.js';

/** Option of every lab command. */
export interface LabOptions {
  readonly name: string;
}

/** The name, if it can be one. @throws CrossflockError `invalid-input` */
export function checkLabName(name: string): string {
  if (isName(name)) return name;
  throw new CrossflockError(`${JSON.stringify(name)} is no name of a lab; ${NAME_RULE}`, {
    code: 'invalid-input',
  });
}

/** Where a lab keeps its keys: `$XDG_STATE_HOME/crossflock/labs/<lab>`. */
export function filesOf({ env }: ActionContext, name: string): LabFiles {
  return labFiles(join(stateDirectory('labs', env), checkLabName(name)));
}

/** The lab of that name, with at least one host. @throws CrossflockError `not-found` */
export async function presentLab(context: ActionContext, name: string): Promise<Lab> {
  checkLabName(name);
  const labs = (await readLabs(context.host, context.signal)).filter((l) => l.hosts.length > 0);
  const lab = labs.find((candidate) => candidate.name === name);
  if (lab !== undefined) return lab;
  const names = labs.map((candidate) => candidate.name);
  const up = `crossflock lab up${name === 'lab' ? '' : ` --name ${name}`} makes one`;
  const others = `${didYouMean(name, names, `labs that are: ${names.join(', ')}`)} (--name)`;
  throw new CrossflockError(`no lab called ${name} is up`, {
    code: 'not-found',
    hint: names.length === 0 ? up : `${others}; ${up}`,
  });
}

/** The host that a word means: its id, its container, its address, or a cloud that has just one. */
export function hostNamed(lab: Lab, word: string): LabHost {
  const exact = lab.hosts.find(({ id, address }) =>
    [id, address, hostContainer(lab.name, id)].includes(word),
  );
  if (exact !== undefined) return exact;
  const inCloud = lab.hosts.filter(({ cloud }) => cloud === word);
  const [only] = inCloud;
  if (only !== undefined && inCloud.length === 1) return only;
  const ids = (inCloud.length > 0 ? inCloud : lab.hosts).map(({ id }) => id);
  const list = `there are ${ids.join(', ')}`;
  const isCloud = inCloud.length > 0;
  const what = isCloud
    ? `${word} is a cloud of ${inCloud.length} hosts`
    : `no host is called ${word}`;
  throw new CrossflockError(isCloud ? what : `${what} in lab ${lab.name}`, {
    code: 'invalid-input',
    hint: isCloud ? list : didYouMean(word, ids, list),
  });
}

/** The cloud of that name. @throws CrossflockError `invalid-input` */
export function cloudNamed(lab: Lab, word: string): string {
  const clouds = cloudsOf(lab.hosts);
  if (clouds.includes(word)) return word;
  throw new CrossflockError(`no cloud is called ${word} in lab ${lab.name}`, {
    code: 'invalid-input',
    hint: didYouMean(word, clouds, `there are ${clouds.join(', ')}`),
  });
}

/** What lets into the lab, out of its state folder; undefined where that is not complete. */
export async function readAccess(
  context: ActionContext,
  files: LabFiles,
): Promise<Access | undefined> {
  const [publicKey, password, privateKey] = await Promise.all(
    [files.publicKey, files.password, files.privateKey].map((path) => readText(context, path)),
  );
  if (!publicKey || !password || !privateKey) return undefined;
  context.keepSecret(password);
  return { publicKey, password };
}

/** The text of a file, without blanks around it; undefined where there is none. */
export async function readText(
  { readFile }: ActionContext,
  path: string,
): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await readFile(path)).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
