/** Length of the smaller input, in characters. */
const SMALL = 65_536;
/** Length of the larger input: four times as long, and the most that is read of a file. */
export const LARGE = 262_144;

/** Linear work costs 4 times as much for {@link LARGE} as for {@link SMALL}, quadratic work 16 times. */
const MOST_RATIO = 8;
/**
 * Work on the larger input that costs no more than so many passes over it is harmless, and its ratio says nothing: the heap grows at some
 * time. Work that compares each character with each costs ten thousands of them.
 */
const PASSES = 100;
const ATTEMPTS = 6;
/** Work on the smaller input that costs more passes is not linear, and would take minutes for the larger. */
const HOPELESS_PASSES = 20 * PASSES;

let costOfPass: number | undefined;

/** CPU time of reading {@link LARGE} characters once, in microseconds. */
function passCost(): number {
  const text = 'a 1\n'.repeat(LARGE / 4);
  costOfPass ??= cheapest(5, () => void JSON.stringify(text));
  return costOfPass;
}

/**
 * Makes sure that some work on a text costs time in proportion to the length of the text. Compares CPU times of this process within one run, so
 * that neither a slow nor a busy machine matters; what looks bad is measured again.
 *
 * @param make a text of about so many characters
 * @param size characters of the smaller input
 * @throws {Error} when the work grows faster than the text
 */
export function expectLinear(
  work: (text: string) => void,
  make: (length: number) => string,
  size = SMALL,
): void {
  const [small, large] = [make(size), make(4 * size)];
  const pass = (passCost() * size) / SMALL;
  let ratio = 0;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const costOfSmall = cheapest(attempt, () => work(small));
    if (costOfSmall > HOPELESS_PASSES * pass) {
      throw new Error(`${size} characters cost as much as ${HOPELESS_PASSES} passes: ${begin(small)}`);
    }
    const costOfLarge = cheapest(attempt, () => work(large));
    ratio = costOfLarge / costOfSmall;
    if (ratio <= MOST_RATIO || costOfLarge <= PASSES * pass) return;
  }
  throw new Error(
    `${4 * size} characters cost ${ratio.toFixed(1)} times as much as ${size}: ${begin(small)}`,
  );
}

function begin(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

/** CPU time of the cheapest of some runs, in microseconds. */
function cheapest(runs: number, work: () => void): number {
  let least = Infinity;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return Math.max(1, least);
}
