// deno-lint-ignore-file no-console -- printing the curve is its purpose
/**
 * A first real run: nanoGPT's configuration for a CPU learns the characters of a text for 300 steps, then generates.
 *
 * `deno task train:shakespeare FILE`; Karpathy's tinyshakespeare is such a text. It fails if the validation
 * loss stays above 2.5 nats per character.
 */

import { nn, noGrad, optim, Random } from "nabla";
import { splitTokens, TextWindows } from "nabla/nn/data/mod.ts";
import { CharacterTokenizer } from "nabla/nn/tokenizers/mod.ts";
import { BATCH_SIZE, OPTIMIZER, SIZES, TOKENS_PER_STEP } from "./configuration.ts";
import { Learner } from "./engines/nabla.ts";

const STEPS = 300;
const WARM_UP = 30;
const GOAL = 2.5;
/** The number of steps between printed lines, each with the mean of their losses. */
const LINE = 10;
/** The number of steps between estimates of the validation loss, and the number of batches in one, always the same. */
const VALIDATION = 50;
const VALIDATION_BATCHES = 20;
const SAMPLE = 400;

/** The mean loss over the same batches every time, without training. */
function validate(learner: Learner, windows: TextWindows): number {
  const random = new Random(2);
  const losses = Array.from({ length: VALIDATION_BATCHES }, () => {
    return noGrad(() => learner.loss(windows.sample(BATCH_SIZE, { random })).item());
  });
  return losses.reduce((a, b) => a + b) / losses.length;
}

/** Trains, and returns the last validation loss. */
function train(learner: Learner, text: TextWindows, validation: TextWindows): number {
  const { lr } = OPTIMIZER;
  const rate = optim.warmupCosine({ peak: lr, floor: lr / 10, warmup: WARM_UP, total: STEPS });
  const random = new Random(1);
  const start = performance.now();
  let last = validate(learner, validation);
  let sum = 0;
  console.log(line(0, NaN, last));
  for (let step = 0; step < STEPS; step++) {
    learner.optimizer.lr = rate(step);
    sum += learner.step(text.sample(BATCH_SIZE, { random }));
    const done = step + 1;
    if (done % LINE > 0) continue;
    if (done % VALIDATION === 0) last = validate(learner, validation);
    console.log(line(done, sum / LINE, done % VALIDATION === 0 ? last : NaN));
    sum = 0;
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(`${seconds.toFixed(0)} s in total, ${(STEPS * TOKENS_PER_STEP / seconds).toFixed(0)} tokens per second`);
  return last;
}

/** One point of the curve: `·` is the training loss, `▪` the validation loss; NaN draws nothing. */
function line(step: number, training: number, validation: number): string {
  const place = (loss: number) => Math.round((loss - 1) * 15); // 15 columns per nat, from 1
  const curve = new Array<string>(52).fill(" ");
  if (Number.isFinite(training)) curve[place(training)] = "·";
  if (Number.isFinite(validation)) curve[place(validation)] = "▪";
  const shown = (loss: number) => (Number.isFinite(loss) ? loss.toFixed(3) : "").padStart(6);
  return `${`${step}`.padStart(5)} ${shown(training)} ${shown(validation)} |${curve.join("").trimEnd()}`;
}

if (import.meta.main) {
  const [file] = Deno.args;
  if (file === undefined) {
    console.error("deno task train:shakespeare FILE: a text, such as tinyshakespeare's input.txt");
    Deno.exit(2);
  }
  const text = await Deno.readTextFile(file);
  const tokenizer = CharacterTokenizer.train(text);
  const [training, validation] = splitTokens(tokenizer.encode(text), 0.9)
    .map((tokens) => new TextWindows(tokens, SIZES.contextLength)) as [TextWindows, TextWindows]; // two in, two out
  const learner = new Learner({ vocabSize: tokenizer.vocabSize });
  const parameters = learner.gpt.parameters().reduce((sum, { size }) => sum + size, 0);
  console.log(`${parameters} parameters, ${tokenizer.vocabSize} characters, ${training.tokens.length} to train on`);
  console.log(` step  train  valid | nats per character, from 1: · training, ▪ validation`);
  const loss = train(learner, training, validation);

  const random = new Random(3);
  const [written] = nn.generate(learner.gpt, tokenizer.encode("\n"), {
    maxNewTokens: SAMPLE,
    temperature: 0.8,
    random,
  });
  console.log(`\nit writes:\n${tokenizer.decode(written!)}\n`);
  console.log(`${loss < GOAL ? "✓" : "✗"} validation loss ${loss.toFixed(3)} nats per character; the goal is ${GOAL}`);
  Deno.exit(loss < GOAL ? 0 : 1);
}
