import { expect, test } from '@jest/globals';
import { keepAnswer } from './keep-answer.js';

/** An answer that costs so many seconds of CPU, by clocks that stand still otherwise. */
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

test('an answer that costs next to nothing is always made', () => {
  const { answer } = answerThatCosts(0.01);
  expect([answer(), answer(), answer()]).toEqual(['answer 1', 'answer 2', 'answer 3']);
});

test('one that is dear is given again for twenty times as long as it took', () => {
  const { answer, time } = answerThatCosts(0.5);
  expect(answer()).toBe('answer 1');
  time.now += 9.9;
  expect(answer()).toBe('answer 1');
  time.now += 0.2;
  expect(answer()).toBe('answer 2');
});
