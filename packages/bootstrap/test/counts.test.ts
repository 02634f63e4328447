import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { lossesOf, readState } from '../src/upgrade/counts.ts';

let directory: string;
let host: ProcessHost;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'counts-'));
  const state = join(directory, 'state');
  host = new ProcessHost({ root: join(directory, 'root'), state, artifacts: join(directory, 'artifacts') });
  await mkdir(join(state, 'agents/main/agent'), { recursive: true });
  await mkdir(join(state, 'state'));
});
afterEach(async () => {
  await host.close();
  await rm(directory, { recursive: true });
});

/** Columns of 2026.9.5 and 2026.9.6, as far as it is counted by them. */
function fill(file: string, sql: string): void {
  const database = new DatabaseSync(join(host.layout.state, file));
  database.exec(sql);
  database.close();
}

test('what OpenClaw removes by itself in its time is not counted', async () => {
  fill(
    'agents/main/agent/openclaw-agent.sqlite',
    `PRAGMA user_version = 23;
     CREATE TABLE session_nodes (session_key TEXT PRIMARY KEY, current_session_id TEXT);
     CREATE TABLE transcript_events (session_id TEXT, seq INTEGER);
     INSERT INTO session_nodes VALUES ('agent:main:main', 'a'), ('agent:main:cron:job:run:1', 'b');
     INSERT INTO transcript_events VALUES ('a', 1), ('a', 2), ('b', 1);`,
  );
  fill(
    'state/openclaw.sqlite',
    `PRAGMA user_version = 18;
     CREATE TABLE cron_jobs (job_id TEXT, job_json TEXT);
     INSERT INTO cron_jobs VALUES
       ('1', '{"schedule":{"kind":"every"}}'), ('2', '{"schedule":{"kind":"at"}}'), ('3', '{}');`,
  );
  const before = await readState(host, host.layout.state, false);
  expect(before.counts).toEqual({ sessions: 1, messages: 2, jobs: 2 });
  fill(
    'agents/main/agent/openclaw-agent.sqlite',
    "DELETE FROM session_nodes WHERE session_key LIKE '%:cron:%'",
  );
  fill('agents/main/agent/openclaw-agent.sqlite', "DELETE FROM transcript_events WHERE session_id = 'b'");
  fill('state/openclaw.sqlite', "DELETE FROM cron_jobs WHERE job_id = '2'");
  expect(lossesOf(before.counts, (await readState(host, host.layout.state, false)).counts)).toEqual([]);
});
