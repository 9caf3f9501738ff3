import { expect, test } from '@jest/globals';
import { expectLinear } from '../../testing/linear-cost.js';
import { attribute, escapeHtml, markup } from './markup.js';

test('text is escaped for elements and for quoted attributes', () => {
  expect(escapeHtml(`<a href="x" title='y'>&`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;');
});

test('values of a template are escaped, markup is not', () => {
  const inner = markup`<b>${'<i>'}</b>`;
  expect(markup`<p>${inner}${[inner, inner]}${3}</p>`.text).toBe(
    '<p><b>&lt;i&gt;</b><b>&lt;i&gt;</b><b>&lt;i&gt;</b>3</p>',
  );
});

test('undefined and false print nothing', () => {
  expect(markup`<p>${undefined}${false}${''}</p>`.text).toBe('<p></p>');
});

test('an attribute is there when it has a value', () => {
  expect(attribute('title', 'say "hi"').text).toBe(' title="say &quot;hi&quot;"');
  expect(attribute('data-value', 0).text).toBe(' data-value="0"');
  expect(attribute('hidden', true).text).toBe(' hidden');
  expect(attribute('hidden', false).text).toBe('');
  expect(attribute('title', undefined).text).toBe('');
});

test.each(['<', '&', "'", 'x', '\ud800'])(
  'escaping takes CPU time linear in the length of the text: %j',
  (piece) =>
    expectLinear(
      (text) => {
        expect(markup`<p>${text}</p>`.text).not.toBe('');
      },
      (length) => piece.repeat(length),
      1_048_576,
    ),
);
