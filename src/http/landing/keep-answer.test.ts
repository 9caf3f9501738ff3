import { expect, test } from '@jest/globals';
import { keepAnswer } from './keep-answer.js';

/** An answer that takes so many seconds of CPU time, with clocks that only it moves. */
function answerThatCosts(seconds: number) {
  let made = 0;
  let cpu = 0;
  const time = { now: 0 };
  const make = (): string => {
    cpu += seconds;
    time.now += seconds;
    made += 1;
    return `answer ${made}`;
  };
  return { time, answer: keepAnswer(make, { cpu: () => cpu, now: () => time.now }) };
}

test('a cheap answer is always fresh', () => {
  const { answer } = answerThatCosts(0.01);
  expect([answer(), answer(), answer()]).toEqual(['answer 1', 'answer 2', 'answer 3']);
});

test('an expensive answer is kept for twenty times as long as it took', () => {
  const { answer, time } = answerThatCosts(0.5);
  expect(answer()).toBe('answer 1');
  time.now += 9.9;
  expect(answer()).toBe('answer 1');
  time.now += 0.2;
  expect(answer()).toBe('answer 2');
});
