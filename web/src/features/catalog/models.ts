/** The models on offer: their operations with forms and prices. */
import { useQuery } from "@tanstack/react-query";

import { answer, api, type InputSchema, type ModelView } from "@/sdk";

import { type Form, formOf, valueOf, type Values } from "./form";

export interface Offer {
  model: string;
  modelTitle: string;
  operation: string;
  /** Of one output, or of one second of it, with every default. */
  credits: number;
  /** Of other values of the inputs in `by`, which are joined with a slash. */
  by: readonly string[];
  prices: Readonly<Record<string, number>>;
  isPerSecond: boolean;
  mostOutputs: number;
  form: Form;
}

export interface Model {
  id: string;
  title: string;
  description: string;
  provider: string;
  offers: readonly Offer[];
}

const MOST_OUTPUTS = 16;

export const modelsQuery = {
  queryKey: ["catalog", "models"] as const,
  queryFn: async () => (await answer(api.GET("/v1/models"))).data.map(described),
};

export function useModels() {
  return useQuery(modelsQuery);
}

/** The name a person knows a model by; its id while the catalogue is not there. */
export function useModelTitle(id: string): string {
  return useModels().data?.find((model) => model.id === id)?.title ?? id;
}

export function described({ id, title, description, provider, operations }: ModelView): Model {
  const offers = operations.map(({ operation, price, mostOutputs = MOST_OUTPUTS, inputSchema }) => ({
    model: id,
    modelTitle: title,
    operation,
    credits: price.creditsPerSecond ?? price.creditsPerOutput ?? 0,
    by: price.by ?? [],
    prices: price.prices ?? {},
    isPerSecond: typeof price.creditsPerSecond === "number",
    mostOutputs,
    form: formOf(inputSchema as InputSchema),
  }));
  return { id, title, description, provider, offers };
}

export function offersOf(models: readonly Model[], id: string): readonly Offer[] {
  return models.find((model) => model.id === id)?.offers ?? [];
}

/** What a model makes from words alone. */
export function fromWords({ offers }: Model): Offer[] {
  return offers.filter(({ form }) => form.takesPrompt && form.needs.every((need) => !form.pictures.includes(need) && need !== "mask"));
}

/** What can be done with one picture, given that and perhaps some words: nothing else may be needed. */
export function fromPicture({ offers }: Model): Offer[] {
  return offers.filter(({ form }) => {
    const [picture] = form.pictures;
    const isFilled = (need: string) => need === picture || need === "prompt" || need === "aspectRatio" || form.settings.some(({ name }) => name === need);
    return picture !== undefined && form.needs.includes(picture) && form.needs.every(isFilled);
  });
}

/** The price of so many outputs with these settings, exact to the thousandth that credits have. */
export function priceOf(offer: Offer, count: number, values: Values = {}): number {
  return Math.round(priceOfEach(offer, values) * count * 1000) / 1000;
}

/** By the second: as many as the input says, for which every such operation has a setting. */
export function priceOfEach(offer: Offer, values: Values = {}): number {
  const { credits, isPerSecond, form } = offer;
  const each = offer.prices[rowOf(offer, values)] ?? credits;
  const seconds = form.settings.find(({ name }) => name === "seconds");
  return isPerSecond && seconds ? each * Number(valueOf(seconds, values)) : each;
}

/** The row of the table of prices that these settings stand for. */
function rowOf({ by, form }: Offer, values: Values): string {
  const shown = by.map((field) => {
    const setting = form.settings.find(({ name }) => name === field);
    if (setting) return String(valueOf(setting, values));
    return form.pictures.includes(field) && form.needs.includes(field) ? "given" : "none";
  });
  return shown.join("/");
}
