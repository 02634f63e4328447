import type { Report } from '../report.ts';
import { lateSteps } from '../steps/index.ts';

/** Something that took time in a run. Milliseconds since the run began. */
export interface Bar {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Whether the end would have come sooner, had it taken less time. */
  readonly isCritical: boolean;
  /** What it was made of, in order; absent where nobody knows. */
  readonly parts?: readonly Part[];
}

export interface Part {
  readonly name: 'fence' | 'start of the gateway';
  readonly from: number;
  readonly to: number;
}

/** A run, drawn: what it did when, and what its end waited for. */
export interface Timeline {
  readonly title: string;
  /** How long the end took over what no run can do without; undefined: the gateway was not started in it. */
  readonly ratio: string | undefined;
  readonly bars: readonly Bar[];
  /** When Auto Scaling was told, or else when the pod was what it should be; undefined: it came to neither. */
  readonly end: number | undefined;
  /** When the last step had ended, and the load balancer has looked. */
  readonly to: number;
}

/** Steps that take less are left out. Milliseconds. */
const leastMilliseconds = 50;

/** Nobody waits for what comes after it. */
const lastStep = 'complete-lifecycle';

/** Pure. */
export function timelineOf(report: Report): Timeline {
  const spans = report.steps.map(({ name, startMs = 0, durationMs }) => ({
    name,
    from: startMs,
    to: startMs + durationMs,
  }));
  const to = Math.max(0, ...spans.map((span) => span.to));
  const isDone = !['failed', 'stopped'].includes(report.outcome);
  const end = isDone ? endOf(report, spans) : undefined;
  const critical = criticalPath(spans, end ?? to);
  const bars = spans
    .filter((span) => span.to - span.from >= leastMilliseconds)
    .map((span) => ({ ...span, isCritical: critical.has(span), ...partsOf(report, span) }));
  const looked = end === undefined ? [] : lookedAt(report, end);
  return {
    title: titleOf(report, end),
    ratio: ratioOf(report, end),
    bars: [...bars, ...looked].toSorted((a, b) => a.from - b.from),
    end,
    to: Math.max(to, ...looked.map((bar) => bar.to)),
  };
}

/** The load balancer sends people once it has looked, at a time of its own. */
function lookedAt({ healthCheckSeconds }: Report, end: number): Bar[] {
  if (healthCheckSeconds === undefined) return [];
  return [{ name: 'load balancer, ≤', from: end, to: end + healthCheckSeconds * 1000, isCritical: true }];
}

interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** The steps that come before the last one, which a pod without Auto Scaling does not have. */
function endOf({ steps }: Report, spans: readonly Span[]): number {
  const last = spans.find(({ name }) => name === lastStep);
  if (last) return last.to;
  const before = spans.filter((_, index) => !isLate(steps[index]?.name));
  return Math.max(0, ...before.map((span) => span.to));
}

const isLate = (name: string | undefined): boolean => lateSteps.some((step) => step.name === name);

/** Backwards from the end: what ended last before something began is what that has waited for. */
function criticalPath(spans: readonly Span[], end: number): ReadonlySet<Span> {
  const path = new Set<Span>();
  let until = end;
  for (;;) {
    const before = spans.filter((span) => span.to <= until && !path.has(span) && span.from < until);
    const last = before.toSorted((a, b) => b.to - a.to || a.from - b.from)[0];
    if (last === undefined) return path;
    path.add(last);
    until = last.from;
  }
}

function partsOf({ gateway }: Report, { name, from }: Span): { readonly parts?: readonly Part[] } {
  if (name !== 'wait-ready' || gateway === undefined) return {};
  const { fenceMs, startMs } = gateway;
  const held = from + fenceMs;
  const fence: Part[] = fenceMs < leastMilliseconds ? [] : [{ name: 'fence', from, to: held }];
  return { parts: [...fence, { name: 'start of the gateway', from: held, to: held + startMs }] };
}

function titleOf({ outcome, startedAt, healthCheckSeconds }: Report, end: number | undefined): string {
  const told = `${startedAt.slice(0, 19)}Z: ${outcome}`;
  if (end === undefined) return told;
  const served =
    healthCheckSeconds === undefined ? '' : `, people served by ${seconds(end + healthCheckSeconds * 1000)}`;
  return `${told} after ${seconds(end)}${served}`;
}

function ratioOf({ gateway }: Report, end: number | undefined): string | undefined {
  if (gateway === undefined || end === undefined) return undefined;
  const { startMs } = gateway;
  return `${(end / startMs).toFixed(2)} times the gateway's own start (${seconds(startMs)})`;
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
