/** From a draft to an order: what is asked for, and what it costs. Pure. */
import { fromWords, inputOf, type Model, type Offer, priceOf, ratioOf, valueOf, type Values } from "@/features/catalog";
import { newKey } from "@/lib/key";
import type { JobInput } from "@/sdk";

import type { Ordering } from "./api";
import type { Draft } from "./draft";

const SEEDS = 2 ** 31;

/** The offer that the draft names, else the model's first from words, else the first of all. */
export function offerOf(draft: Pick<Draft, "model" | "operation">, models: readonly Model[]): Offer | undefined {
  const able = models.filter((model) => fromWords(model).length > 0);
  const model = able.find(({ id }) => id === draft.model) ?? able[0];
  const offers = model === undefined ? [] : fromWords(model);
  return offers.find(({ operation }) => operation === draft.operation) ?? offers[0];
}

/**
 * One wish, with the key that makes it one job however often it is sent. Only what was changed is sent, and a seed: it
 * is chosen here, so that the strip knows itself again in the first fact about it.
 */
export function wish(draft: Draft, offer: Offer, random: () => number = Math.random): Ordering {
  const seed = seedOf(draft.values, random);
  const input = {
    prompt: draft.prompt.trim(),
    ...inputOf(offer.form, draft.values),
    ...(offer.form.takesSeed ? { seed } : {}),
  };
  return {
    key: newKey(),
    order: { model: offer.model, operation: offer.operation, input, count: countOf(draft, offer) },
    credits: priceOf(offer, countOf(draft, offer), draft.values),
    standard: standardOf(offer),
  };
}

/** As many as are wanted, and one order may have. */
export function countOf({ count }: Pick<Draft, "count">, { mostOutputs }: Offer): number {
  return Math.min(count, mostOutputs);
}

/** What the server fills in where nothing is said. */
function standardOf({ form }: Offer): JobInput {
  const ratio = ratioOf(form, {});
  return {
    ...(ratio === undefined ? {} : { aspectRatio: ratio }),
    ...Object.fromEntries(form.settings.filter(({ standard }) => standard !== undefined).map((setting) => [setting.name, valueOf(setting, {})])),
  };
}

export function seedOf(values: Values, random: () => number = Math.random): number {
  const { seed } = values;
  return typeof seed === "number" ? seed : Math.floor(random() * SEEDS);
}
