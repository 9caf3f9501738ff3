import { describe, expect, test } from '@jest/globals';
import { testModule, testNode } from '../scrape/testing/fakes.js';
import { createSharedAnswers } from './shared-answers.js';

const ANSWER = 'probe_success 1\nprobe_answer_age_seconds 0\nnode_load1 0.5\n';
const module = { ...testModule, shareSeconds: 15 };

describe('answers that are shared', () => {
  test('are found until they are too old, and say how old they are', () => {
    let now = 1000;
    const answers = createSharedAnswers(() => now);
    answers.keep(testNode, module, ANSWER);
    now += 12_345;
    expect(answers.find(testNode, module)).toBe(
      'probe_success 1\nprobe_answer_age_seconds 12.345\nnode_load1 0.5\n',
    );
    now = 16_001;
    expect(answers.find(testNode, module)).toBeUndefined();
  });

  test('are of one node, one module and one configuration', () => {
    const answers = createSharedAnswers();
    answers.keep(testNode, module, ANSWER);
    expect(answers.find({ ...testNode, name: 'ams-1' }, module)).toBeUndefined();
    expect(answers.find(testNode, { ...module, name: 'audit' })).toBeUndefined();
    // A reload makes them anew.
    expect(answers.find({ ...testNode }, module)).toBeUndefined();
    expect(answers.find(testNode, { ...module })).toBeUndefined();
  });

  test('are none unless the module says so', () => {
    const answers = createSharedAnswers();
    answers.keep(testNode, testModule, ANSWER);
    expect(answers.find(testNode, testModule)).toBeUndefined();
  });
});

test('two servers that ask a second apart from each other cost a node one probe an interval, whatever lies between them', () => {
  for (let offset = 1; offset < 30; offset++) {
    let now = 0;
    let probes = 0;
    const answers = createSharedAnswers(() => now);
    for (now = 0; now < 300_000; now += 1000) {
      if (now % 30_000 !== 0 && now % 30_000 !== 1000 * offset) continue;
      if (answers.find(testNode, module) !== undefined) continue;
      probes += 1;
      answers.keep(testNode, module, ANSWER);
    }
    // Ten intervals; at the start each of them may find nothing yet.
    expect([offset, probes]).toEqual([offset, offset <= 15 ? 10 : 11]);
  }
});
