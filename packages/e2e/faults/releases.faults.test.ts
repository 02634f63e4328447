import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '@clawharbor/bootstrap';
import { inspectConfigs, parseSet } from '@clawharbor/bootstrap/config';
import {
  defaultOpenClawVersion,
  openclawReleases,
  openclawVersions,
  parsePodSpec,
} from '@clawharbor/bootstrap/spec';
import { generate, outdated } from '../../config-merge/generator/generate.ts';
import { readFacts } from '../../config-merge/generator/openclaw.ts';
import { schemasOf } from '../generator/openclaw/measure.ts';
import { Team } from '../e2e/support/team.ts';

/** The newest is what all other tests run, and whose tables `openclaw-schema.e2e` compares. */
const before = openclawVersions.filter((version) => version !== defaultOpenClawVersion);

describe.each(before)('a pod of %s, which is not the newest', (version) => {
  let team: Team;
  let report: Report;
  beforeAll(async () => {
    team = await Team.open({ version });
    report = await team.converge(['ann-sub']);
  });
  afterAll(() => team?.close());

  test('comes up with the config that was decided', () => {
    expect(report.outcome).toBe('ready');
    expect(report.steps.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  test('lets a member in as a member, and answers', async () => {
    const ben = await team.connect('ben-sub');
    expect([...ben.granted].toSorted()).toEqual(['operator.read', 'operator.write']);
    expect(await ben.say('Say harbor-5')).toBe('You said: harbor-5');
    ben.close();
  });

  test('tells what people wrote, and what it makes of it', async () => {
    const included = "{ env: { vars: { A: '${FROM_ENV}', B: '$${ESCAPED}' } } }";
    const set = parseSet(team.host, {
      text: "{ $include: './team.json5', ui: { seamColor: '#336699' } }",
      includes: new Map([['team.json5', included]]),
    });
    const [inspection] = await inspectConfigs(team.host, specOf(version), [set]);
    expect(inspection).toMatchObject({
      valid: true,
      authored: { env: { vars: { A: '${FROM_ENV}', B: '$${ESCAPED}' } }, ui: { seamColor: '#336699' } },
      resolved: { env: { vars: { B: '${ESCAPED}' } }, ui: { seamColor: '#336699' } },
    });
  });

  test('is known as it is: what it reads, and the schemas of its databases', async () => {
    await team.host.units.stop('openclaw');
    expect(await schemasOf(team.host.layout.state)).toEqual(openclawReleases[version].schemas);
    process.env['CLAWHARBOR_OPENCLAW'] = `${team.host.layout.install}/${version}/node_modules/openclaw`;
    try {
      expect(await outdated(await generate(await readFacts(version), false))).toStrictEqual([]);
    } finally {
      delete process.env['CLAWHARBOR_OPENCLAW'];
    }
  });
});

/** No more of a spec than who inspects a config asks. */
function specOf(version: string) {
  const openclaw = { version, config: { gateway: { port: 18789 } } };
  return parsePodSpec(
    { apiVersion: 'clawharbor/v1', name: 'release', region: 'eu-central-1', openclaw },
    'the test',
  );
}
