import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import type { AppState } from '../marathon/app-state.js';
import { changeView, type AppChange } from '../marathon/check.js';
import { applyAndWait, checkCluster, type DeployResult } from '../marathon/deploy.js';
import { step, type Step, type StepChange, type StepContext } from '../pipeline/step.js';
import { withPoolKey } from '../plan/pool-key.js';
import type { ClusterPlan, Plan } from '../plan/types.js';
import type { MarathonApp } from '../ports/marathon-app.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { imageIds, withImageId } from './image-ids.js';
import { readPoolKey } from './load-plan.js';
import type { ClusterFailures } from './platform-steps.js';
import { marathonClient } from './reach.js';

export interface RolloutOptions {
  readonly recreate: boolean;
  readonly prune: boolean;
  readonly force: boolean;
  /** Seconds until every task must run and be healthy. */
  readonly timeout: number;
  /** Which apps are changed and waited for, by what was found of them; all where absent. */
  readonly only?: (change: AppChange) => boolean;
}

interface AppStepChange extends StepChange {
  readonly appId: string;
}

/** Clusters are independent; this bounds the connections, not the apps. */
const CLUSTERS_AT_ONCE = 16;

/**
 * The apps of all clusters, each cluster by itself: one that is down is reported at the end and
 * stops no other.
 */
export class AppsRollout {
  /** What is known of each app, by its id; filled as the clusters answer. */
  readonly states = new Map<string, AppState>();
  readonly #context: ActionContext;
  readonly #plan: Plan;
  readonly #options: RolloutOptions & { readonly network: VirtualNetwork };
  readonly #changes = new Map<ClusterPlan, readonly AppChange[]>();
  readonly #failures: ClusterFailures;
  #rolledOut = false;
  #isLate = false;

  constructor(
    context: ActionContext,
    plan: Plan,
    options: RolloutOptions & {
      readonly network: VirtualNetwork;
      /** Shared with the steps before: clusters in it are left out. */
      readonly failures: ClusterFailures;
    },
  ) {
    this.#failures = options.failures;
    this.#context = context;
    this.#plan = plan;
    this.#options = options;
  }

  step(): Step {
    return step<AppStepChange>({
      id: 'apps',
      title: 'apps',
      check: (context) => this.#check(context),
      apply: (changes, context) => this.#rollOut(changes, context),
      settle: async (context) => {
        if (!this.#rolledOut) await this.#rollOut([], context);
        return this.#verdict();
      },
    });
  }

  async #check(context: StepContext): Promise<readonly AppStepChange[]> {
    const plan = this.#plan;
    const key = await readPoolKey(this.#context, plan);
    const usable = plan.clusters.filter(({ id }) => !this.#failures.has(id));
    const { done, failed } = await fanOut(usable, CLUSTERS_AT_ONCE, async (cluster) => {
      const images = await imageIds(this.#context, plan, cluster);
      const apps = plan.apps
        .filter(({ clusterId }) => clusterId === cluster.id)
        .map(({ app, ip }) => this.#options.network.decorate(withPoolKey(app, key), ip))
        .map((app) => withImageId(app, images));
      return this.#checkCluster(cluster, apps, context);
    });
    for (const { target, error } of failed) this.#failures.set(target.id, toCrossflockError(error));
    for (const { target, value } of done) this.#changes.set(target, value);
    this.#reportOrphans();
    // A dry run ends here; otherwise the verdict in the end names them.
    if (context.dryRun) {
      for (const [id, { message }] of this.#failures) context.incomplete(`${id}: ${message}`);
    }
    return done.flatMap(({ target, value }) =>
      value.flatMap((change) => {
        const view = changeView(change, target.id);
        return view === undefined ? [] : [{ view, appId: change.appId }];
      }),
    );
  }

  async #checkCluster(
    cluster: ClusterPlan,
    apps: readonly MarathonApp[],
    { signal, progress, dryRun }: StepContext,
  ): Promise<readonly AppChange[]> {
    const { recreate, prune, only = () => true } = this.#options;
    const client = await marathonClient(this.#context, cluster, progress);
    const asked = { client, apps, deployment: this.#plan.name, prune, signal } as const;
    try {
      // A dry run asks once: who only looks is not made to wait, and an embedded Marathon that it
      // would only start cannot answer yet.
      if (dryRun) await client.ping({ signal, once: true });
      const mode = recreate ? 'recreate' : 'compare';
      return (await checkCluster({ ...asked, mode })).filter(only);
    } catch (error) {
      const absent = toCrossflockError(error).code === 'unreachable';
      if (!(dryRun && absent && cluster.engine.type === 'embedded')) throw error;
      return apps.map((wanted) => ({ action: 'create', appId: wanted.id, wanted }));
    }
  }

  #reportOrphans(): void {
    for (const [cluster, changes] of this.#changes) {
      for (const change of changes.filter(({ action }) => action === 'orphan')) {
        this.#context.reporter.emit({
          type: 'notice',
          level: 'warning',
          message: `${change.appId} on ${cluster.id} is no longer in the configuration; --prune deletes it`,
        });
      }
    }
  }

  async #rollOut(changes: readonly AppStepChange[], context: StepContext): Promise<void> {
    this.#rolledOut = true;
    const { done, failed } = await fanOut([...this.#changes], CLUSTERS_AT_ONCE, ([cluster, list]) =>
      this.#rollOutCluster(cluster, list, context),
    );
    for (const { target, error } of failed)
      this.#failures.set(target[0].id, toCrossflockError(error));
    for (const { target, value } of done) this.#keep(target[0], value);
    for (const change of changes) {
      if (this.states.get(change.appId)?.state !== 'failed') context.applied(change);
    }
  }

  async #rollOutCluster(
    cluster: ClusterPlan,
    changes: readonly AppChange[],
    { signal, progress }: StepContext,
  ): Promise<DeployResult> {
    return applyAndWait(
      {
        client: await marathonClient(this.#context, cluster, progress),
        clock: this.#context.clock,
        deadlineMs: this.#options.timeout * 1000,
        signal,
        force: this.#options.force,
        onProgress: ({ appId, message }) => {
          progress(appId === undefined ? `${cluster.id}: ${message}` : `${appId}: ${message}`);
        },
      },
      changes,
    );
  }

  #keep(cluster: ClusterPlan, result: DeployResult): void {
    for (const state of result.apps) this.states.set(state.appId, state);
    if (result.outcome === 'deadline') this.#isLate = true;
    if (result.outcome === 'interrupted') {
      this.#failures.set(cluster.id, new CrossflockError('interrupted', { code: 'aborted' }));
    }
  }

  /** One sentence when all is well; otherwise throws with every cluster's and app's reason. */
  #verdict(): string {
    const lines = [...this.#failures].map(([id, error]) => `${id}: ${error.message}`);
    const bad = [...this.states.values()].filter(({ state }) => state !== 'running');
    lines.push(
      ...bad.map(
        ({ appId, state, reason }) => `${appId} is ${state}: ${reason ?? 'no reason known'}`,
      ),
    );
    if (lines.length === 0) return `${this.states.size} running and healthy`;
    if (this.#isLate)
      lines.unshift(`not all came up within ${this.#options.timeout} s (--timeout)`);
    const hints = [
      ...[...this.#failures.values()].map(({ hint }) => hint),
      ...bad.flatMap(({ hint, log }) => [hint, ...(log ?? []).map((line) => `| ${line}`)]),
    ].filter((hint) => hint !== undefined);
    const aborted = [...this.#failures.values()].find(({ code }) => code === 'aborted');
    throw new CrossflockError(lines.join('\n  '), {
      code: aborted?.code ?? 'work-failed',
      ...(hints.length === 0 ? {} : { hint: [...new Set(hints)].join('\n  ') }),
    });
  }
}
