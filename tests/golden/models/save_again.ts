/** Reads every golden model and saves it again, for `check_saved.py`: `deno run -A save_again.ts FOLDER`. */

import { nn, Random } from "../../../mod.ts";

const GOLDEN = new URL("./", import.meta.url).pathname;
const [out] = Deno.args;
const classes = {
  gpt2: nn.GPT,
  gpt2_model: nn.GPT,
  gpt2_untied: nn.GPT,
  bert: nn.BertForPreTraining,
  bert_model: nn.BERT,
  bert_masked: nn.BertForMaskedLM,
  bert_untied: nn.BertForMaskedLM,
  bert_sequences: nn.BertForSequenceClassification,
  bert_tokens: nn.BertForTokenClassification,
  bert_answers: nn.BertForQuestionAnswering,
};
for (const [name, type] of Object.entries(classes)) {
  const model = await type.fromPretrained(GOLDEN + name);
  await model.savePretrained(`${out}/${name}`);
}
const sizes = { vocabSize: 13, contextLength: 8, layers: 1, heads: 2, dim: 8, random: new Random(1) };
await new nn.GPT({ ...sizes, bias: false, hidden: 12 }).savePretrained(`${out}/own_gpt`);
await new nn.BERT({ ...sizes, pooler: false }).savePretrained(`${out}/own_bert`);
await new nn.BertForPreTraining({ ...sizes, tied: false, paddingIndex: 3 }).savePretrained(`${out}/own_pre_training`);
