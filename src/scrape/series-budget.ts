import { ParseError, type Sample } from '../collectors/collector.js';
import { LABELS_LENGTH, SERIES } from '../collectors/limits.js';

/** What the collectors of one probe may give together. One that would exceed it fails; those after it still have what is left. */
export class SeriesBudget {
  #series = SERIES;
  #labelsLength = LABELS_LENGTH;

  /**
   * Takes the samples of one collector out of the budget, all or none.
   *
   * @throws {ParseError} when less is left
   */
  take(samples: readonly Sample[]): void {
    if (samples.length > this.#series) {
      throw new ParseError(`The node stated more than ${SERIES} series.`);
    }
    let length = 0;
    for (const { labels } of samples) for (const name in labels) length += labels[name]?.length ?? 0;
    if (length > this.#labelsLength) {
      throw new ParseError(`The node stated labels of more than ${LABELS_LENGTH} characters.`);
    }
    this.#series -= samples.length;
    this.#labelsLength -= length;
  }
}
