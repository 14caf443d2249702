/** From a draft to an order: what is asked for, and what it costs. Pure. */
import type { DrawingModel } from "@/features/catalog";
import type { JobOrder } from "@/sdk";

import type { Draft } from "./draft";

const SEEDS = 2 ** 31;

/** The price on the button: the catalogue's price for each output. */
export function priceOf(model: DrawingModel, count: number): number {
  return Math.round(model.creditsPerOutput * count * 1000) / 1000;
}

/** The model that the draft names, else the first on offer. */
export function modelOf(draft: Pick<Draft, "model">, models: readonly DrawingModel[]): DrawingModel | undefined {
  return models.find(({ id }) => id === draft.model) ?? models[0];
}

/** The ratio that the draft names if the model has it, else the model's own. */
export function ratioChoice(draft: Pick<Draft, "ratio">, model: DrawingModel): string | undefined {
  return model.ratios.find((ratio) => ratio === draft.ratio) ?? model.ratio ?? model.ratios[0];
}

export function techniqueChoice(draft: Pick<Draft, "technique">, model: DrawingModel): string | undefined {
  return model.techniques.find((technique) => technique === draft.technique) ?? model.technique;
}

/** Only what the model takes is sent. The seed is chosen here, so that each picture can be made again. */
export function orderOf(draft: Draft, model: DrawingModel, random: () => number = Math.random): JobOrder {
  const ratio = ratioChoice(draft, model);
  const technique = techniqueChoice(draft, model);
  return {
    model: model.id,
    operation: "text_to_image",
    input: {
      prompt: draft.prompt.trim(),
      ...(ratio === undefined ? {} : { aspectRatio: ratio }),
      ...(technique === undefined ? {} : { technique }),
      ...(model.takesSeed ? { seed: Math.floor(random() * SEEDS) } : {}),
    },
    count: draft.count,
  };
}
