import { conditionsOf, type Condition } from './conditions.ts';
import type { Host } from './host/host.ts';
import type { Lifecycle } from './lifecycle.ts';
import { measureEnd, measureRun } from './measure-run.ts';
import { GatewayEndings } from './openclaw/gateway-endings.ts';
import type { Report } from './report.ts';
import type { Run } from './run.ts';
import { convergedOf, readyOf } from './run-conditions.ts';
import { generationOf } from './spec/generation.ts';
import type { PodSpec } from './spec/pod-spec.ts';

/** How the pod stands, as a run sees it: conditions for its report, and metrics. */
export class Standing {
  readonly generation: string;
  readonly #run: Run;
  readonly #host: Host;
  readonly #spec: PodSpec;
  readonly #at: string;
  readonly #isToServe: boolean;
  readonly #before: readonly Condition[];
  readonly #endings: GatewayEndings;
  #isOver = false;

  /**
   * Before the first step.
   * @param isToServe false for a warm instance and one that leaves: they serve nobody, and say nothing of that
   */
  static async begin(
    run: Run,
    { host, spec, startedAt }: { readonly host: Host; readonly spec: PodSpec; readonly startedAt: Date },
    { isToServe, before }: { readonly isToServe: boolean; readonly before: Report | undefined },
  ): Promise<Standing> {
    const endings = await GatewayEndings.begin(host);
    return new Standing(run, { host, spec, startedAt, isToServe, before, endings });
  }

  private constructor(
    run: Run,
    known: {
      readonly host: Host;
      readonly spec: PodSpec;
      readonly startedAt: Date;
      readonly isToServe: boolean;
      readonly before: Report | undefined;
      readonly endings: GatewayEndings;
    },
  ) {
    this.generation = generationOf(known.spec);
    this.#run = run;
    this.#host = known.host;
    this.#spec = known.spec;
    this.#at = known.startedAt.toISOString();
    this.#isToServe = known.isToServe;
    this.#before = known.before?.conditions ?? [];
    this.#endings = known.endings;
  }

  /** As far as the run has come. */
  get conditions(): readonly Condition[] {
    const { conditions } = this.#run;
    const seen = this.#isToServe ? [...conditions, ...convergedOf(this.#run, this.#spec)] : conditions;
    const { generation } = this;
    return conditionsOf(seen, this.#before, {
      at: this.#at,
      generation,
      isOver: this.#isOver || !this.#isToServe,
    });
  }

  /**
   * Once all but the late steps are through, and before Auto Scaling is told: an instance that is given up says nothing after that.
   * @param lifecycle undefined where nobody could ask for it
   */
  async tell(lifecycle: Lifecycle | undefined, isHeld: boolean): Promise<void> {
    if (!this.#isToServe) return;
    const { conditions: seen, reports, failure } = this.#run;
    seen.push(await readyOf(this.#run, this.#host, this.#spec));
    const isWaitedFor = lifecycle?.hold !== undefined;
    await measureRun(this.#host, this.#spec, {
      endings: this.#endings,
      steps: reports,
      conditions: this.conditions,
      isLaunch: isWaitedFor && !lifecycle.isHeld,
      abandonedFor: isWaitedFor && !isHeld ? failure : undefined,
    });
  }

  /** @param hasRunLate whether the late steps are through */
  async end(hasRunLate: boolean): Promise<void> {
    this.#isOver = hasRunLate;
    if (this.#isToServe) await measureEnd(this.#host, this.#spec, this.conditions);
  }
}
