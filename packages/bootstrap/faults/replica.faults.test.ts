import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { rowsIn } from '../test/replica/numbered.ts';
import { ended, Replicated } from '../test/replica/replicated.ts';

const rounds = Number(process.env['KILLS'] ?? 200);

test('fault (storage): SIGKILL of everything at 200 random instants → no row that was committed more than a second before is lost', async () => {
  const lost: { milliseconds: number; rows: number }[] = [];
  const late: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const here = new Replicated();
    const writer = await here.startWriter(Math.random() * 20);
    const options = { checkpointBytes: 500_000, renewBytes: 3_000_000, idleMilliseconds: 500 };
    const shipper = await here.start('./ship.ts', here.database, here.folder, JSON.stringify(options));
    let said = '';
    shipper.stdout!.on('data', (text: Buffer) => {
      said += text.toString();
    });
    await sleep(Math.random() * 3000);
    const killedAt = Date.now();
    for (const each of [writer, shipper]) each.kill('SIGKILL');
    await Promise.all([ended(writer), ended(shipper)]);
    // So does the disk of an instance.
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${here.database}${suffix}`, { force: true });
    expect(said, `round ${round}`).not.toContain('hole');
    const { problems } = await here.restore();
    expect(problems, `round ${round}`).toEqual([]);
    // Numbered without a gap, and quick_check has found nothing, or there would be no database.
    const rows = rowsIn(here.restored);
    const noted = here.noted();
    const newest = noted.at(-1)!.n;
    const firstLost = noted.find(({ n }) => n > rows);
    lost.push({
      rows: Math.max(0, newest - rows),
      milliseconds: firstLost === undefined ? 0 : killedAt - firstLost.at,
    });
    const due = noted.findLast(({ at }) => at < killedAt - 1000)?.n ?? 0;
    if (rows < due) late.push(`round ${round}: ${JSON.stringify(lost.at(-1))} ${said}`);
    await here.close();
    if (round % 20 === 19) console.log(`${round + 1} rounds: ${summary(lost)}`);
  }
  console.log(`lost: ${summary(lost)}`);
  expect(late).toEqual([]);
});

function summary(lost: readonly { milliseconds: number; rows: number }[]): string {
  return (['milliseconds', 'rows'] as const)
    .map((unit) => {
      const sorted = lost.map((each) => each[unit]).toSorted((a, b) => a - b);
      return `median ${sorted[Math.floor(sorted.length / 2)]} ${unit}, most ${sorted.at(-1)}`;
    })
    .join('; ');
}
