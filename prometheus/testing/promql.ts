import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

/** A vector selector: `metric{label="value"}`. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly string[];
  /** Function or aggregation that the selector is a direct argument of, or undefined. */
  readonly appliedTo: string | undefined;
  /** Range as written, such as `5m`; undefined for an instant vector. */
  readonly range: string | undefined;
  /** Range and step of the subqueries around it, such as `1d:5m`, the innermost first. */
  readonly subqueries: readonly string[];
}

/** What a PromQL expression is made of, and where it is not PromQL. */
export interface Promql {
  /** Text of every place that does not parse. Empty for a good expression. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  /** Every range and step as written. */
  readonly ranges: readonly string[];
}

/** Takes a PromQL expression apart. Grafana's variables must have been replaced before. */
export function readPromql(expression: string): Promql {
  const errors: string[] = [];
  const selectors: Selector[] = [];
  const ranges: string[] = [];
  const textOf = (node: SyntaxNode): string => expression.slice(node.from, node.to);

  parser.parse(expression).iterate({
    enter: ({ node }) => {
      if (node.type.isError) errors.push(expression.slice(Math.max(0, node.from - 20), node.to + 20));
      if (node.name === 'MatrixSelector') ranges.push(rangeOf(node, textOf));
      if (node.name === 'VectorSelector') selectors.push(readSelector(node, textOf));
    },
  });
  return { errors, selectors, ranges };
}

function readSelector(node: SyntaxNode, textOf: (node: SyntaxNode) => string): Selector {
  const name = node.getChild('Identifier');
  const matchers = node.getChild('LabelMatchers');
  const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : undefined;
  let above = (matrix ?? node).parent;
  while (
    above?.name === 'FunctionCallBody' ||
    above?.name === 'OffsetExpr' ||
    above?.name === 'StepInvariantExpr'
  ) {
    above = above.parent;
  }
  const call = above?.name === 'FunctionCall' ? above.getChild('FunctionIdentifier') : null;
  return {
    metric: name === null ? '' : textOf(name),
    matchers: matchers === null ? [] : childTexts(matchers, textOf),
    appliedTo: call === null ? undefined : textOf(call),
    range: matrix === undefined ? undefined : rangeOf(matrix, textOf),
    subqueries: subqueriesAround(node).map((subquery) => rangeOf(subquery, textOf)),
  };
}

function subqueriesAround(node: SyntaxNode): SyntaxNode[] {
  const around: SyntaxNode[] = [];
  for (let above = node.parent; above !== null; above = above.parent)
    if (above.name === 'SubqueryExpr') around.push(above);
  return around;
}

function childTexts(node: SyntaxNode, textOf: (node: SyntaxNode) => string): string[] {
  const texts: string[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) texts.push(textOf(child));
  return texts;
}

function rangeOf(matrix: SyntaxNode, textOf: (node: SyntaxNode) => string): string {
  return /\[(?<range>[^\]]*)\]$/.exec(textOf(matrix))?.groups?.['range'] ?? '';
}

const DURATION = /(?<count>\d+)(?<unit>ms|[smhdwy])/g;
const SECONDS: Readonly<Record<string, number>> = {
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** Seconds of a duration such as `1h30m`. */
export function durationSeconds(duration: string): number {
  let seconds = 0;
  for (const { groups } of duration.matchAll(DURATION)) {
    seconds += Number(groups?.['count']) * (SECONDS[groups?.['unit'] ?? ''] ?? NaN);
  }
  return seconds;
}
