/** What can be done with a picture: drawn from the catalogue, each act with its price and its key. Pure. */
import { fromPicture, type Model, type Offer, operationWords, priceOf, type Setting, type Value, type Values } from "@/features/catalog";
import { newKey } from "@/lib/key";

import type { Ordering } from "./api";
import { seedOf } from "./order";
import { isVideo, type Shot } from "./shots";

export interface Act {
  id: string;
  label: string;
  /** As `useKeys` names it; undefined when the act has none. */
  key: string | undefined;
  offer: Offer;
  /** What this act sets by itself: one way of the operation. */
  fixed: Values;
  count: number;
  /** With the settings as they stand. */
  price: number;
  /** What is asked before it is done; nothing, and it is done at once. */
  asks: readonly Setting[];
  asksRatio: boolean;
  asksPrompt: boolean;
}

const KEYS: Readonly<Record<string, string>> = {
  vary: "V",
  upscale: "U",
  reframe: "R",
  describe: "D",
  image_edit: "E",
  image_to_video: "A",
};
/** In the order in which they stand; the rest follows as the catalogue has it. */
const ORDER = Object.keys(KEYS);
/** Settings whose few options are acts of their own: Vary subtle and Vary strong. */
const WAYS = new Set(["strength", "scale"]);
const MOST_WAYS = 3;
/** Only these make several at once: the others have one answer. */
const MANY = new Set(["vary"]);

/** The acts for a shot. Of several models that offer one, the picture's own goes first. */
export function actsFor(models: readonly Model[], shot: Shot, count: number): Act[] {
  if (isVideo(shot.output)) return [];
  const offers = new Map<string, Offer>();
  for (const offer of models.toSorted((one) => (one.id === shot.job.model ? -1 : 0)).flatMap(fromPicture)) {
    if (!offers.has(offer.operation)) offers.set(offer.operation, offer);
  }
  return [...offers.values()].toSorted((one, other) => place(one) - place(other)).flatMap((offer) => actsOf(offer, count));
}

function place({ operation }: Offer): number {
  return ORDER.includes(operation) ? ORDER.indexOf(operation) : ORDER.length;
}

function actsOf(offer: Offer, count: number): Act[] {
  const { form, operation } = offer;
  const many = MANY.has(operation) ? Math.min(count, offer.mostOutputs) : 1;
  const way = form.settings.find((setting) => WAYS.has(setting.name) && waysOf(setting).length > 1);
  const key = KEYS[operation];
  const { act } = operationWords(operation);
  const needsPrompt = form.needs.includes("prompt");
  const isMotion = operation === "image_to_video";
  const base = {
    offer,
    count: many,
    price: priceOf(offer, many),
    asks: form.settings.filter((setting) => setting !== way && (isMotion || form.needs.includes(setting.name))),
    asksRatio: operation === "reframe" && form.ratios.length > 1,
    asksPrompt: form.takesPrompt && (needsPrompt || isMotion),
  };
  if (way === undefined) return [{ ...base, id: operation, label: act, key, fixed: {} }];
  return waysOf(way).map((value, at) =>
    Object.assign({}, base, {
      id: `${operation}-${value}`,
      label: `${act} ${/^\d+$/.test(String(value)) ? `${value}×` : value}`,
      key: key && [key, `Shift+${key}`][at],
      fixed: { [way.name]: value },
    }),
  );
}

function waysOf(setting: Setting): readonly (string | number)[] {
  if (setting.kind === "choice") return setting.options.length <= MOST_WAYS ? setting.options : [];
  if (setting.kind !== "range" || !Number.isInteger(setting.step)) return [];
  return [2, 4].filter((value) => value >= setting.least && value <= setting.most);
}

/** Whether something has to be said before it can be done. */
export function isAsking(act: Act): boolean {
  return act.asks.length > 0 || act.asksRatio || act.asksPrompt;
}

/** The wish to do it: the picture, what the act sets, and what was said. */
export function actWish(act: Act, shot: Shot, said: Values, random: () => number = Math.random): Ordering {
  const { form, model, operation } = act.offer;
  const [picture = "image"] = form.pictures;
  const chosen: Record<string, Value> = { ...said, ...act.fixed };
  const input = {
    [picture]: { assetId: shot.output.assetId },
    ...chosen,
    ...(form.takesSeed ? { seed: seedOf({}, random) } : {}),
  };
  return { key: newKey(), order: { model, operation, input, count: act.count }, credits: priceOf(act.offer, act.count, said) };
}
