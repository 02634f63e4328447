import { existsSync } from 'node:fs';
import {
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { abandonDatabases } from '../../src/databases/abandon.ts';
import { bringDatabases } from '../../src/databases/bring.ts';
import { foldDatabases } from '../../src/databases/fold.ts';
import { readHolder } from '../../src/databases/holder.ts';
import { keepReplica } from '../../src/databases/keep.ts';
import { localCopies, localEpoch, replicaOf, type Places } from '../../src/databases/places.ts';
import { removeOldEpochs } from '../../src/databases/old-epochs.ts';
import { rewindDatabases } from '../../src/databases/rewind.ts';
import { stageDatabases } from '../../src/databases/staged.ts';
import { replicaAge, statusFile, type KeeperStatus } from '../../src/databases/status.ts';
import { Shipper } from '../../src/replica/index.ts';
import { rows, write } from './said.ts';

let directory: string;
let here: Places;
let there: Places;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-databases-'));
  const machine = (name: string): Places => ({
    state: join(directory, 'state'),
    local: join(directory, name),
    replica: join(directory, 'replica'),
    agents: ['main'],
  });
  [here, there] = [machine('here'), machine('there')];
  for (const each of [here.state, here.local, there.local, join(here.replica, 'holder')])
    await mkdir(each, { recursive: true });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const state = 'state/openclaw.sqlite';
const agent = 'agents/main/agent/openclaw-agent.sqlite';
const inState = (database: string): string => join(here.state, database);
const on = (machine: Places, database: string): string => join(localCopies(machine), database);

/** Replicates for as long as something is done, and ends as planned. */
async function kept(machine: Places, action: () => Promise<void>): Promise<void> {
  const ended = new AbortController();
  const keeping = keepReplica(machine, ended.signal);
  await action();
  ended.abort();
  await keeping;
}

/** Waits until both databases are on the replica. */
async function untilReplicated(machine: Places): Promise<void> {
  await expect
    .poll(
      async () => {
        const { databases } = JSON.parse(await readFile(statusFile(machine), 'utf8')) as KeeperStatus;
        return Object.values(databases).map(({ pendingBytes, generation }) => [
          pendingBytes,
          generation !== undefined,
        ]);
      },
      { timeout: 20_000 },
    )
    .toEqual([
      [0, true],
      [0, true],
    ]);
}

/** Replicates until all that is there is on the replica, and is killed as far as the replica can tell. */
async function lost(machine: Places, action: () => Promise<void>): Promise<void> {
  const ended = new AbortController();
  const keeping = keepReplica(machine, ended.signal).catch(() => {});
  await action();
  await untilReplicated(machine);
  // What it does after that is none of a machine that has gone.
  const replica = join(directory, 'as-it-was');
  await rm(replica, { recursive: true, force: true });
  await copyTree(machine.replica, replica);
  ended.abort();
  await keeping;
  await rm(machine.replica, { recursive: true });
  await copyTree(replica, machine.replica);
}

async function copyTree(from: string, to: string): Promise<void> {
  const { cp } = await import('node:fs/promises');
  await cp(from, to, { recursive: true });
}

const bring = (machine: Places, boot = 'first') => bringDatabases(machine, { now: new Date(), boot });
const fold = (machine: Places) => foldDatabases(machine, { now: new Date(), boot: 'first' });

describe('the databases of a pod', () => {
  beforeEach(async () => {
    await write(inState(state), 'ann');
    await write(inState(agent), 'hello');
  });

  test('are brought to the disk out of the state, and stay there over a restart of the gateway', async () => {
    const { changes, directories } = await bring(here);
    expect(changes).toEqual(['databases on the local disk, from the file system']);
    expect(directories).toEqual(['state', 'agents/main/agent']);
    expect(rows(on(here, agent))).toEqual(['hello']);
    await write(on(here, agent), 'again');
    expect(await bring(here)).toMatchObject({ changes: [], problems: [] });
    expect(rows(on(here, agent))).toEqual(['hello', 'again']);
  });

  test('come to the next machine as the last one has left them, when that ends as planned', async () => {
    await bring(here);
    await kept(here, async () => {
      await write(on(here, agent), 'to the next');
      await write(on(here, state), 'ben');
    });
    const { changes, problems } = await bring(there);
    expect([changes, problems]).toEqual([['databases on the local disk, from their replica'], []]);
    expect(await readdir(join(localCopies(there), 'state'))).toEqual(['openclaw.sqlite']);
    expect(rows(on(there, agent))).toEqual(['hello', 'to the next']);
    expect(rows(on(there, state))).toEqual(['ann', 'ben']);
  });

  test('fault (instance): a machine is lost with its disk → the next one has what was replicated, and goes on from there', async () => {
    await bring(here);
    await lost(here, () => write(on(here, agent), 'replicated'));
    await bring(there);
    expect(rows(on(there, agent))).toEqual(['hello', 'replicated']);
    // And is lost before it has replicated anything.
    await rm(there.local, { recursive: true });
    await mkdir(there.local);
    await bring(there);
    expect(rows(on(there, agent))).toEqual(['hello', 'replicated']);
  });

  test('fault (instance): a machine is lost before it has replicated anything → the next one has what that began with', async () => {
    await bring(here);
    await rm(here.local, { recursive: true });
    await bring(there);
    expect(rows(on(there, agent))).toEqual(['hello']);
  });

  test('fault (instance): a machine comes back whose databases others have gone on with → its copy is set aside and not replicated, and it gets theirs', async () => {
    await bring(here);
    await lost(here, () => write(on(here, agent), 'replicated'));
    await write(on(here, agent), 'not replicated');
    await bring(there);
    await kept(there, () => write(on(there, agent), 'elsewhere'));
    await expect(keepReplica(here, new AbortController().signal)).rejects.toMatchObject({
      code: 'STATE_LOCKED',
    });
    const { changes } = await bring(here);
    expect(changes[0]).toMatch(/set aside the local databases that were here/);
    expect(rows(on(here, agent))).toEqual(['hello', 'replicated', 'elsewhere']);
    const aside = (await readdir(here.local)).find((name) => name.startsWith('aside-'))!;
    expect(rows(join(here.local, aside, agent))).toEqual(['hello', 'replicated', 'not replicated']);
  });

  test('are folded into the state, as files that need nothing beside them, and brought again from there', async () => {
    await bring(here);
    await write(on(here, agent), 'folded');
    await fold(here);
    expect(rows(inState(agent))).toEqual(['hello', 'folded']);
    expect(await readdir(dirname(inState(agent)))).toEqual(['openclaw-agent.sqlite']);
    expect(await readHolder(here)).toMatchObject({ lives: 'state', earlier: [] });
    expect(await fold(here)).toEqual({ changes: [], problems: [] });
    await write(inState(agent), 'in the state');
    await bring(here);
    expect(rows(on(here, agent))).toEqual(['hello', 'folded', 'in the state']);
  });

  test('of a machine that is lost are folded into the state by another one', async () => {
    await bring(here);
    await lost(here, () => write(on(here, agent), 'replicated'));
    await fold(there);
    expect(rows(inState(agent))).toEqual(['hello', 'replicated']);
    expect(rows(inState(state))).toEqual(['ann']);
  });

  test('of an agent that is made meanwhile stay in the state until the next start, and of one that was removed go everywhere', async () => {
    await bring(here);
    await write(inState('agents/new/agent/openclaw-agent.sqlite'), 'new');
    await kept(here, async () => {
      await write(on(here, agent), 'one');
      // Its shipper must have seen it.
      await new Promise((wake) => setTimeout(wake, 500));
    });
    const { changes, directories } = await bring(here);
    expect(changes).toEqual(['agents/new/agent on the local disk']);
    expect(directories).toContain('agents/new/agent');
    expect(rows(on(here, 'agents/new/agent/openclaw-agent.sqlite'))).toEqual(['new']);
    await kept(here, async () => {
      await new Promise((wake) => setTimeout(wake, 500));
      await rm(join(localCopies(here), 'agents/new/agent'), { recursive: true });
      await new Promise((wake) => setTimeout(wake, 2500));
    });
    expect((await bring(there)).directories).not.toContain('agents/new/agent');
    expect(existsSync(on(there, 'agents/new/agent/openclaw-agent.sqlite'))).toBe(false);
    expect(existsSync(inState('agents/new/agent'))).toBe(false);
    await fold(there);
    expect(existsSync(inState('agents/new/agent/openclaw-agent.sqlite'))).toBe(false);
  });

  test('fault (storage): the database of a new agent was never replicated, and all are folded into the state by who does not know of that agent → it is among them', async () => {
    await bring({ ...here, agents: ['main', 'new'] });
    const database = 'agents/new/agent/openclaw-agent.sqlite';
    await write(on(here, database), 'on the disk alone');
    await fold({ ...here, agents: [] });
    expect(rows(inState(database))).toEqual(['on the disk alone']);
  });

  test('fault (storage): the database of an agent cannot be looked at for a while → it is not taken for one that was removed', async () => {
    const other = 'agents/other/agent/openclaw-agent.sqlite';
    await write(inState(other), 'hello');
    await bring(here);
    const folder = replicaOf(here, (await readHolder(here))!.epoch, other);
    const isGone = async (): Promise<boolean> => (await readdir(folder)).includes('gone');
    await kept(here, async () => {
      await expect.poll(() => readdir(folder).catch(() => []), { timeout: 20_000 }).toHaveLength(1);
      const [away, nowhere] = [join(directory, 'away'), join(directory, 'nowhere')];
      await link(on(here, other), away);
      // Nobody can follow it: https://man7.org/linux/man-pages/man7/path_resolution.7.html
      await symlink(on(here, other), nowhere);
      await rename(nowhere, on(here, other));
      await sleep(3000);
      expect(await isGone()).toBe(false);
      await rename(away, on(here, other));
    });
    await bring(there);
    expect(rows(on(there, other))).toEqual(['hello']);
  });

  test('fault (storage): the disk of the instance loses all databases while they are replicated → no agent is taken for one that was removed, and the next start has all of them with their files', async () => {
    const other = 'agents/other/agent';
    await write(inState(`${other}/openclaw-agent.sqlite`), 'hello');
    await writeFile(inState(`${other}/auth-profiles.json`), '{}');
    await bring(here);
    const { epoch } = (await readHolder(here))!;
    const ended = new AbortController();
    const keeping = keepReplica(here, ended.signal);
    const complete = async (): Promise<unknown> => {
      const { databases } = JSON.parse(await readFile(statusFile(here), 'utf8')) as KeeperStatus;
      return Object.values(databases).filter(({ generation }) => generation !== undefined);
    };
    await expect.poll(() => complete().catch(() => []), { timeout: 20_000 }).toHaveLength(3);
    await rm(localCopies(here), { recursive: true });
    await sleep(3000);
    ended.abort();
    await expect(keeping).rejects.toMatchObject({ code: 'REPLICA_MISSING' });
    expect(await readdir(replicaOf(here, epoch, `${other}/openclaw-agent.sqlite`))).not.toContain('gone');
    expect((await bring(here)).problems).toEqual([]);
    expect(rows(on(here, `${other}/openclaw-agent.sqlite`))).toEqual(['hello']);
    expect(await readFile(on(here, `${other}/auth-profiles.json`), 'utf8')).toBe('{}');
    expect(rows(on(here, agent))).toEqual(['hello']);
  });

  test.each([
    ['all databases are', ''],
    ['those of all agents are', 'agents'],
  ])(
    'fault (storage): %s removed from the disk of the instance, and somebody looks while an agent has gone and others are still there → it is not taken for one that was removed',
    async (_, what) => {
      const other = 'agents/other/agent/openclaw-agent.sqlite';
      await write(inState(other), 'hello');
      await writeFile(inState('agents/other/agent/auth-profiles.json'), '{}');
      await bring(here);
      const { epoch } = (await readHolder(here))!;
      const ended = new AbortController();
      const keeping = keepReplica(here, ended.signal);
      const complete = async (): Promise<unknown> => {
        const { databases } = JSON.parse(await readFile(statusFile(here), 'utf8')) as KeeperStatus;
        return databases[other]?.generation;
      };
      await expect.poll(() => complete().catch(() => undefined), { timeout: 20_000 }).toBeDefined();
      await rm(on(here, 'agents/other'), { recursive: true });
      // It looks once more.
      ended.abort();
      await sleep(500);
      await rm(join(localCopies(here), what), { recursive: true });
      await expect(keeping).rejects.toMatchObject({ code: 'REPLICA_MISSING' });
      expect(await readdir(replicaOf(here, epoch, other))).not.toContain('gone');
      await bring(here, 'second');
      expect(rows(on(here, other))).toEqual(['hello']);
      expect(await readFile(on(here, 'agents/other/agent/auth-profiles.json'), 'utf8')).toBe('{}');
    },
  );

  test('an agent that is removed right before the end is gone for the next machine', async () => {
    const other = 'agents/other/agent/openclaw-agent.sqlite';
    await write(inState(other), 'hello');
    await bring(here);
    await kept(here, async () => {
      await expect
        .poll(async () => await readdir(join(here.replica, 'epochs')).catch(() => []), { timeout: 20_000 })
        .toHaveLength(1);
      await sleep(1000);
      await rm(on(here, 'agents/other'), { recursive: true });
    });
    await rm(inState('agents/other'), { recursive: true });
    await bring(there);
    expect(existsSync(on(there, other))).toBe(false);
  });

  test('fault (storage): somebody removes a database, or the disk of the instance loses them all → the next start has them as they were replicated', async () => {
    await bring(here);
    await lost(here, () => write(on(here, agent), 'replicated'));
    await rm(localCopies(here), { recursive: true });
    expect((await bring(here)).changes).toEqual(['databases on the local disk, from their replica']);
    expect(rows(on(here, agent))).toEqual(['hello', 'replicated']);
    await kept(here, async () => {
      await new Promise((wake) => setTimeout(wake, 500));
      await rm(on(here, agent));
      await new Promise((wake) => setTimeout(wake, 2500));
    });
    await bring(there);
    expect(rows(on(there, agent))).toEqual(['hello', 'replicated']);
  });

  test('have a record that names no epoch of which nothing is left but the last', async () => {
    await bring(here, 'first');
    const epochs: string[] = [];
    for (const boot of ['second', 'third', 'fourth']) {
      await kept(here, () => untilReplicated(here));
      epochs.push((await readHolder(here))!.epoch);
      await bring(here, boot);
    }
    expect((await readHolder(here))?.earlier).toEqual(epochs.toReversed());
    for (const epoch of epochs) await rm(join(here.replica, 'epochs', epoch), { recursive: true });
    await mkdir(join(here.replica, 'epochs', (await readHolder(here))!.epoch), { recursive: true });
    const { epoch } = (await readHolder(here))!;
    await kept(here, () => untilReplicated(here));
    await bring(here, 'fifth');
    expect((await readHolder(here))?.earlier).toEqual([epoch]);
    expect(rows(on(here, state))).toEqual(['ann']);
  });

  test('fault (instance): its power fails and its disk comes back without what was shipped last → the replica counts; where that did not follow, the disk does', async () => {
    await bring(here);
    await lost(here, () => write(on(here, agent), 'shipped'));
    await rm(on(here, agent));
    await write(on(here, agent), 'hello');
    expect((await bring(here, 'second')).changes.at(-1)).toBe(
      'databases on the local disk, from their replica',
    );
    expect(rows(on(here, agent))).toEqual(['hello', 'shipped']);
    await lost(here, () => write(on(here, agent), 'shipped, too'));
    const status = JSON.parse(await readFile(statusFile(here), 'utf8')) as KeeperStatus;
    await writeFile(statusFile(here), JSON.stringify({ ...status, at: status.at + 60_000 }));
    await write(on(here, agent), 'on the disk only');
    expect((await bring(here, 'third')).problems).toEqual([]);
    expect(rows(on(here, agent))).toEqual(['hello', 'shipped', 'shipped, too', 'on the disk only']);
  });

  test('fault (instance): a machine that was cut off goes on writing to the replica of its epoch, and the one after it is lost, too → what others went on with comes back', async () => {
    await bring(here);
    await lost(here, () => write(on(here, agent), 'before'));
    const cutOff = (await readHolder(here))!;
    await bring(there);
    await lost(there, () => write(on(there, agent), 'the next'));
    // Which began later than any of the next one.
    const late = new Shipper({ database: on(here, agent), folder: replicaOf(here, cutOff.epoch, agent) });
    await write(on(here, agent), 'cut off');
    await late.start();
    await late.end();
    await late.close();
    const third = { ...there, local: join(directory, 'third') };
    await mkdir(third.local);
    expect((await bring(third)).problems).toEqual([]);
    expect(rows(on(third, agent))).toEqual(['hello', 'before', 'the next']);
  });

  test('fault (storage): a file beside them cannot be copied → they are replicated all the same, the other files follow, and the status says so', async () => {
    await mkdir(join(here.state, 'state/kept'), { recursive: true });
    await bring(here);
    await writeFile(on(here, 'state/kept'), 'now a file');
    await writeFile(on(here, 'state/settings.json'), '{}');
    await lost(here, () => write(on(here, agent), 'replicated'));
    const { problem } = JSON.parse(await readFile(statusFile(here), 'utf8')) as KeeperStatus;
    expect(problem).toMatch(/state\/kept/);
    expect(await readFile(inState('state/settings.json'), 'utf8')).toBe('{}');
    await bring(there);
    expect(rows(on(there, agent))).toEqual(['hello', 'replicated']);
  });

  test('fault (instance): it is started again after what replicates has ended long before its gateway → the disk counts', async () => {
    await bring(here);
    await lost(here, () => write(on(here, agent), 'replicated'));
    await write(on(here, agent), 'an hour later');
    const later = new Date(Date.now() + 3_600_000);
    await utimes(on(here, agent), later, later);
    expect((await bring(here, 'second')).problems).toEqual([]);
    expect(rows(on(here, agent))).toEqual(['hello', 'replicated', 'an hour later']);
  });

  test('fault (storage): an agent leads the directory of its files to the replica by a link → nothing there is touched', async () => {
    await bring(here);
    await kept(here, async () => {
      await new Promise((wake) => setTimeout(wake, 500));
      await rename(join(here.state, 'agents/main'), join(here.state, 'agents/old'));
      await mkdir(join(here.state, 'agents/main'));
      await symlink(here.replica, join(here.state, 'agents/main/agent'));
      await new Promise((wake) => setTimeout(wake, 2500));
    }).catch(() => {});
    expect(await readHolder(here)).toMatchObject({ lives: 'local' });
    expect(existsSync(join(replicaOf(here, (await readHolder(here))!.epoch, agent)))).toBe(true);
  });

  test('of programs that an agent uses, in folders below its own, are files as any other, and keep no machine from starting', async () => {
    const nested = 'agents/main/agent/program/state.sqlite';
    await bring(here);
    await kept(here, () => write(on(here, nested), 'a note'));
    expect((await bring(there)).problems).toEqual([]);
    expect(rows(on(there, nested))).toEqual(['a note']);
  });

  test('of agents with names that lead elsewhere stay where they are', async () => {
    const { directories } = await bringDatabases(
      { ...here, agents: ['main', '..', '.', 'a'.repeat(300)] },
      { now: new Date(), boot: 'first' },
    );
    expect(directories).toEqual(['state', 'agents/main/agent']);
    expect(await readHolder(here)).toMatchObject({ directories });
  });

  test('have files beside them that follow: settings and credentials of an agent', async () => {
    const beside = 'agents/main/agent/auth-profiles.json';
    await writeFile(join(here.state, beside), '1');
    await bring(here);
    expect(await readFile(on(here, beside), 'utf8')).toBe('1');
    await kept(here, async () => {
      await writeFile(on(here, beside), 'two');
      await writeFile(on(here, 'agents/main/agent/settings.json'), '{}');
    });
    expect(await readFile(join(here.state, beside), 'utf8')).toBe('two');
    await bring(there);
    expect(await readFile(on(there, beside), 'utf8')).toBe('two');
    expect(await readFile(on(there, 'agents/main/agent/settings.json'), 'utf8')).toBe('{}');
  });

  test('fault (kill): it is killed at any step of bringing or folding → done again, it comes to the same', async () => {
    await bring(here);
    await write(on(here, agent), 'one');
    // A fold that was cut short right before it said so: the state has it already, and the disk counts.
    const holder = join(here.replica, 'holder');
    const before = await Promise.all(['databases.json', 'epoch'].map((name) => readFile(join(holder, name))));
    await copyTree(here.local, join(directory, 'disk'));
    await fold(here);
    await rm(here.local, { recursive: true });
    await copyTree(join(directory, 'disk'), here.local);
    await Promise.all(
      ['databases.json', 'epoch'].map((name, index) => writeFile(join(holder, name), before[index]!)),
    );
    await write(on(here, agent), 'two');
    await fold(here);
    expect(rows(inState(agent))).toEqual(['hello', 'one', 'two']);
    // A bring that was cut short before it said whose they are.
    await bring(here);
    await writeFile(localEpoch(here), 'of an earlier one');
    await bring(here);
    expect(rows(on(here, agent))).toEqual(['hello', 'one', 'two']);
    // And one that had written the epoch and not the record.
    const { epoch } = (await readHolder(here))!;
    await writeFile(join(holder, 'epoch'), 'half');
    await bring(here);
    expect(await readFile(join(holder, 'epoch'), 'utf8')).toBe(epoch);
  });

  test('are gone back to as they were at a time, all of them or none, and forward again', async () => {
    await bring(here);
    let then = new Date();
    await kept(here, async () => {
      await write(on(here, state), 'bob');
      await write(on(here, agent), 'how are you');
      await untilReplicated(here);
      then = new Date();
      await sleep(50);
      await write(on(here, agent), 'a mistake');
    });
    const later = new Date();
    const staged = await stageDatabases(here, then);
    expect(rows(join(staged.directory, agent))).toEqual(['hello', 'how are you']);
    expect(rows(on(here, agent))).toEqual(['hello', 'how are you', 'a mistake']);
    await rewindDatabases(here, { now: new Date(), boot: 'first' }, staged);
    expect(rows(inState(agent))).toEqual(['hello', 'how are you']);
    expect(rows(inState(state))).toEqual(['ann', 'bob']);
    expect(existsSync(staged.directory)).toBe(false);

    await bring(there);
    await kept(there, () => write(on(there, agent), 'better'));
    await rewindDatabases(there, { now: new Date(), boot: 'first' }, await stageDatabases(there, later));
    expect(rows(inState(agent))).toEqual(['hello', 'how are you', 'a mistake']);
    // Also of a pod that has them in its state.
    await rewindDatabases(there, { now: new Date(), boot: 'first' }, await stageDatabases(there, then));
    expect(rows(inState(agent))).toEqual(['hello', 'how are you']);
  });

  test('of a time at which nothing was replicated are not gone back to', async () => {
    await bring(here);
    await kept(here, () => untilReplicated(here));
    await expect(stageDatabases(here, new Date('2026-01-01'))).rejects.toMatchObject({
      code: 'REPLICA_MISSING',
    });
    expect((await readdir(here.local)).filter((name) => name.startsWith('staged'))).toEqual([]);
  });

  test('fault (instance): its power fails beside a file that is no database and was never replicated → the databases that were come from their replica all the same', async () => {
    await bring(here);
    await writeFile(on(here, 'state/junk.sqlite'), 'words '.repeat(200));
    await copyTree(localCopies(here), join(directory, 'as-synced'));
    const ended = new AbortController();
    const keeping = keepReplica(here, ended.signal);
    await write(on(here, agent), 'shipped before the cut');
    const said = async (): Promise<KeeperStatus> =>
      JSON.parse(await readFile(statusFile(here), 'utf8')) as KeeperStatus;
    await expect
      .poll(async () => (await said().catch(() => undefined))?.databases[agent], { timeout: 20_000 })
      .toMatchObject({ generation: expect.any(String), pendingBytes: 0 });
    ended.abort();
    await expect(keeping).rejects.toThrow();
    await rm(localCopies(here), { recursive: true });
    await copyTree(join(directory, 'as-synced'), localCopies(here));
    await bring(here, 'second');
    expect(rows(on(here, agent))).toEqual(['hello', 'shipped before the cut']);
    expect(existsSync(on(here, 'state/junk.sqlite'))).toBe(true);
  });

  test('fault (storage): what was said last was not replicated, and somebody goes back to before it → it is replicated first, or nothing is changed', async () => {
    await bring(here);
    await kept(here, () => untilReplicated(here));
    const then = new Date();
    await sleep(50);
    await write(on(here, agent), 'on the disk alone');
    const later = new Date(Date.now() + 60_000);
    await rewindDatabases(here, { now: new Date(), boot: 'first' }, await stageDatabases(here, then));
    expect(rows(inState(agent))).toEqual(['hello']);
    const forward = await stageDatabases(here, later);
    expect(rows(join(forward.directory, agent))).toEqual(['hello', 'on the disk alone']);
  });

  test('fault (storage): a database is removed by a mistake → it comes back as it was at a time, and the others with it', async () => {
    await bring(here);
    await kept(here, () => untilReplicated(here));
    const then = new Date();
    await rm(on(here, agent));
    await rewindDatabases(here, { now: new Date(), boot: 'first' }, await stageDatabases(here, then));
    expect(rows(inState(agent))).toEqual(['hello']);
    await bring(here);
    expect(rows(on(here, agent))).toEqual(['hello']);
  });

  test.each([
    ['of the config', 'it comes back', ['main', 'other']],
    ['that was removed since', 'it stays away, and that is said', ['main']],
  ])(
    'fault (storage): the state has no directory of an agent %s, and somebody goes back to when it had one → %s',
    async (_, __, agents) => {
      const other = 'agents/other/agent/openclaw-agent.sqlite';
      await write(inState(other), 'hello');
      await bring(here);
      await kept(here, async () => {});
      const then = new Date();
      await fold(here);
      await rm(inState('agents/other'), { recursive: true });
      const staged = await stageDatabases({ ...here, agents }, then);
      const isBack = agents.includes('other');
      expect(staged.removed).toEqual(isBack ? [] : [other]);
      expect(Object.keys(staged.asOf)).toEqual(isBack ? [agent, other, state] : [agent, state]);
      await rewindDatabases({ ...here, agents: [] }, { now: new Date(), boot: 'first' }, staged);
      expect(existsSync(inState(other)) ? rows(inState(other)) : undefined).toEqual(
        isBack ? ['hello'] : undefined,
      );
      expect(rows(inState(agent))).toEqual(['hello']);
    },
  );

  test('fault (instance): a machine began with a clock that was a year ahead, and all after it with the right one → they can be gone back to, and what is a day old goes', async () => {
    const epochs = async (): Promise<string[]> => (await readdir(join(here.replica, 'epochs'))).toSorted();
    const ahead = new Date(Date.now() + 365 * 86_400_000);
    await bringDatabases(here, { now: ahead, boot: 'first' });
    await kept(here, () => untilReplicated(here));
    const then = new Date();
    await sleep(50);
    await bring(there);
    await kept(there, async () => {
      await write(on(there, agent), 'since then');
      await untilReplicated(there);
    });
    const staged = await stageDatabases(there, new Date());
    expect(rows(join(staged.directory, agent))).toEqual(['hello', 'since then']);
    expect(rows(join((await stageDatabases(there, then)).directory, agent))).toEqual(['hello']);
    await bring(here);
    await kept(here, () => untilReplicated(here));
    const all = await epochs();
    expect(all).toHaveLength(3);
    for (const [index, epoch] of all.entries()) {
      const begun = new Date(Date.now() - (3 - index) * 86_400_000);
      await utimes(join(here.replica, 'epochs', epoch), begun, begun);
    }
    await removeOldEpochs(here, new Date(Date.now() - 3_600_000));
    expect(await epochs()).toEqual(all.slice(1));
  });

  test('fault (instance): a machine that was cut off makes another copy in its own epoch → nobody goes back to that', async () => {
    await bring(here);
    await kept(here, () => untilReplicated(here));
    await bring(there);
    await kept(there, async () => {
      await write(on(there, agent), 'gone on');
      await untilReplicated(there);
    });
    // As `keepReplica` does not know yet that its epoch is over.
    const cutOff = new Shipper({
      database: on(here, agent),
      folder: replicaOf(here, (await readFile(localEpoch(here), 'utf8')).trim(), agent),
    });
    await write(on(here, agent), 'on the wrong side');
    await cutOff.end();
    await cutOff.close();
    const staged = await stageDatabases(there, new Date(Date.now() + 60_000));
    expect(rows(join(staged.directory, agent))).toEqual(['hello', 'gone on']);
  });

  test('fault (storage): a file beside a database has a name as long as can be → the pod starts, and has it', async () => {
    const name = `agents/main/agent/${'long'.repeat(60)}`;
    await writeFile(inState(name), 'words');
    expect((await bring(here)).problems).toEqual([]);
    expect(await readFile(on(here, name), 'utf8')).toBe('words');
    await fold(here);
    expect(await readFile(inState(name), 'utf8')).toBe('words');
  });

  test('a database that is new and cannot be replicated is behind since it is there, not since the others are', async () => {
    await bring(here);
    const said = async (): Promise<KeeperStatus> =>
      JSON.parse(await readFile(statusFile(here), 'utf8')) as KeeperStatus;
    const ended = new AbortController();
    const keeping = keepReplica(here, ended.signal);
    await untilReplicated(here);
    await sleep(3000);
    const made = Date.now();
    await writeFile(on(here, 'state/junk.sqlite'), 'words '.repeat(200));
    await expect
      .poll(async () => (await said()).databases['state/junk.sqlite'], { timeout: 20_000 })
      .toMatchObject({ shippedAt: 0 });
    const { databases, at } = await said();
    expect(databases['state/junk.sqlite']!.since).toBeGreaterThanOrEqual(made);
    expect(databases[agent]!.since).toBeLessThan(made);
    expect(replicaAge({ at, epoch: '', databases }, Date.now()).seconds).toBeLessThanOrEqual(
      // The others may be a moment older than it.
      Math.round((Date.now() - made) / 1000) + 1,
    );
    ended.abort();
    await expect(keeping).rejects.toMatchObject({ code: 'REPLICA_MISSING' });
  });

  test('fault (storage): a file is called a database and is none → the others are replicated, the status names it, and the end does not wait for it', async () => {
    await bring(here);
    await writeFile(
      on(here, 'state/junk.sqlite'),
      'these are words, and there are more than a hundred of them: '.repeat(20),
    );
    const ended = new AbortController();
    const keeping = keepReplica(here, ended.signal);
    const said = async (): Promise<KeeperStatus> =>
      JSON.parse(await readFile(statusFile(here), 'utf8')) as KeeperStatus;
    await expect
      .poll(async () => (await said().catch(() => undefined))?.databases['state/junk.sqlite'], {
        timeout: 20_000,
      })
      .toMatchObject({ shippedAt: 0, problem: expect.stringMatching(/not a database/) });
    await expect
      .poll(async () => (await said()).databases[agent]?.generation, { timeout: 20_000 })
      .toBeDefined();
    await write(on(here, agent), 'goodbye');
    ended.abort();
    const begun = performance.now();
    await expect(keeping).rejects.toMatchObject({ code: 'REPLICA_MISSING' });
    expect(performance.now() - begun).toBeLessThan(60_000);
    await rm(here.local, { recursive: true });
    await mkdir(here.local);
    await bring(there);
    expect(rows(on(there, agent))).toEqual(['hello', 'goodbye']);
  });

  test('fault (storage): nothing of a database can be restored → nothing is moved; given up for a restore, what that puts into the state counts, on any machine', async () => {
    await bring(here);
    const { epoch } = (await readHolder(here))!;
    await lost(here, () => write(on(here, state), 'said'));
    const folder = replicaOf(here, epoch, state);
    for (const generation of await readdir(folder))
      await writeFile(join(folder, generation, 'database'), 'torn');
    await expect(fold(there)).rejects.toMatchObject({ code: 'REPLICA_DAMAGED' });
    expect(await readHolder(there)).toMatchObject({ lives: 'local', epoch });

    await abandonDatabases(there, new Date());
    await abandonDatabases(there, new Date());
    expect(await readHolder(there)).toMatchObject({ lives: 'state', earlier: [] });
    await rm(inState(state));
    await write(inState(state), 'of a backup');
    for (const machine of [there, here]) {
      await bring(machine);
      expect(rows(on(machine, state))).toEqual(['of a backup']);
      await kept(machine, () => Promise.resolve());
    }
  });

  /** A record that cannot be written, as on a file system that is full. */
  async function withoutRecord(action: () => Promise<unknown>): Promise<void> {
    const epoch = join(here.replica, 'holder/epoch');
    await rm(epoch);
    await mkdir(epoch);
    await expect(action()).rejects.toThrow();
    await rm(epoch, { recursive: true });
    await writeFile(epoch, '');
  }

  /** On the disk of a machine, under one name or another. */
  async function anywhereOn({ local }: Places): Promise<unknown[]> {
    const databases = (await readdir(local)).map((name) => join(local, name, agent)).filter(existsSync);
    return databases.flatMap(rows);
  }

  test('fault (storage): the databases of a machine are set aside for those that others have gone on with, and who has them cannot be written down, however often → nothing of them is lost, and it gets the others’ once it can, and says where its own are', async () => {
    await bring(here);
    await lost(here, () => write(on(here, agent), 'replicated'));
    await write(on(here, agent), 'not replicated');
    await bring(there);
    await kept(there, () => write(on(there, agent), 'elsewhere'));
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await withoutRecord(() => bring(here));
      expect(await anywhereOn(here)).toContain('not replicated');
      // Nobody replicates half of it.
      await expect(keepReplica(here, new AbortController().signal)).rejects.toMatchObject({
        code: 'STATE_LOCKED',
      });
    }
    const { problems, changes } = await bring(here);
    expect(problems).toEqual([]);
    expect(rows(on(here, agent))).toEqual(['hello', 'replicated', 'elsewhere']);
    const [, aside = ''] =
      /set aside the local databases that were here: (.*)/.exec(changes.join('\n')) ?? [];
    expect(rows(join(aside, agent))).toContain('not replicated');
  });

  test('fault (storage): the power fails with words that could not be replicated, and then who has the databases cannot be written down → they have those words once it can', async () => {
    await bring(here);
    await lost(here, () => write(on(here, agent), 'replicated'));
    const status = JSON.parse(await readFile(statusFile(here), 'utf8')) as KeeperStatus;
    await writeFile(statusFile(here), JSON.stringify({ ...status, at: status.at + 60_000 }));
    await write(on(here, agent), 'on the disk only');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await withoutRecord(() => bring(here, 'second'));
      expect(await anywhereOn(here)).toContain('on the disk only');
    }
    expect((await bring(here, 'second')).problems).toEqual([]);
    expect(rows(on(here, agent))).toEqual(['hello', 'replicated', 'on the disk only']);
    // And one that is killed once it is written down, before the machine itself says so.
    await rm(localEpoch(here));
    expect(await bring(here, 'second')).toMatchObject({ changes: [], problems: [] });
    expect(rows(on(here, agent))).toEqual(['hello', 'replicated', 'on the disk only']);
  });

  test('fault (storage): the record of where the databases are is torn → given up for a restore, the state counts', async () => {
    await bring(here);
    await writeFile(join(here.replica, 'holder', 'databases.json'), '{"lives"');
    await expect(fold(here)).rejects.toMatchObject({ code: 'REPLICA_DAMAGED' });
    await abandonDatabases(here, new Date());
    expect(await readHolder(here)).toMatchObject({ lives: 'state' });
    expect(await bring(here)).toMatchObject({ problems: [] });
    expect(rows(on(here, state))).toEqual(['ann']);
  });
});

test('a pod that has never run has no databases, and gets them on the local disk', async () => {
  const { directories, problems } = await bring(here);
  expect([directories, problems]).toEqual([['state', 'agents/main/agent'], []]);
  await kept(here, async () => {
    await write(on(here, state), 'first');
    await write(on(here, agent), 'words');
  });
  await bring(there);
  expect(rows(on(there, state))).toEqual(['first']);
  expect(rows(on(there, agent))).toEqual(['words']);
});

test('a record of nobody knows what is refused, and nothing is moved', async () => {
  await write(inState(state), 'ann');
  await writeFile(join(here.replica, 'holder/databases.json'), '{"lives":');
  for (const move of [bring, fold])
    await expect(move(here)).rejects.toMatchObject({ code: 'REPLICA_DAMAGED' });
  expect(rows(inState(state))).toEqual(['ann']);
  expect(await readdir(here.local)).toEqual([]);
});
