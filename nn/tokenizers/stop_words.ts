/**
 * English words that say little about the topic of a text: articles, pronouns, prepositions, auxiliaries.
 *
 * Classic pipelines drop them before counting words; a language model must not, as it has to write them.
 *
 * @example
 * ```ts
 * import { cleanWords, englishStopWords } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(cleanWords("There was a ferry on the river.", { stopWords: englishStopWords }), ["ferry", "river"]);
 * ```
 */
export const englishStopWords: ReadonlySet<string> = new Set(
  `a an the this that these those
  i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself
  we us our ours ourselves they them their theirs themselves who whom whose which what
  and or but nor so yet if then else than because while although though unless until since as
  of at by for with about against between among into through during before after above below to from up down in out on
  off over under again further upon within without
  am is are was were be been being have has had having do does did doing will would shall should can could may might must
  not no yes only own same such too very just also both each few more most other some any all every
  here there when where why how now ever never once
  i'm you're he's she's it's we're they're i've you've we've they've i'd you'd he'd she'd we'd they'd
  i'll you'll he'll she'll we'll they'll isn't aren't wasn't weren't hasn't haven't hadn't doesn't don't didn't
  won't wouldn't shan't shouldn't can't cannot couldn't mustn't let's that's who's what's here's there's`.split(/\s+/),
);
