/** The models on offer, and what a form needs to know about them. */
import { useQuery } from "@tanstack/react-query";

import { answer, api, type InputSchema, type ModelView, type OperationView } from "@/sdk";

const DRAW = "text_to_image";

/** A model that draws from words: the only operation the roll orders. */
export interface DrawingModel {
  id: string;
  title: string;
  creditsPerOutput: number;
  /** From the tallest to the widest. */
  ratios: readonly string[];
  ratio: string | undefined;
  techniques: readonly string[];
  technique: string | undefined;
  takesSeed: boolean;
  longestPrompt: number | undefined;
}

export const modelsQuery = {
  queryKey: ["catalog", "models"] as const,
  queryFn: async () => (await answer(api.GET("/v1/models"))).data.flatMap(drawing),
};

export function useModels() {
  return useQuery(modelsQuery);
}

/** The name a person knows a model by; its id while the catalogue is not there. */
export function useModelTitle(id: string): string {
  return useModels().data?.find((model) => model.id === id)?.title ?? id;
}

function drawing(model: ModelView): DrawingModel[] {
  const operation = model.operations.find((offered) => offered.operation === DRAW);
  const each = operation?.price.creditsPerOutput;
  return operation === undefined || each == null ? [] : [described(model, operation, each)];
}

function described(model: ModelView, { inputSchema }: OperationView, each: number): DrawingModel {
  const inputs = (inputSchema as InputSchema).properties ?? {};
  return {
    id: model.id,
    title: model.title,
    creditsPerOutput: each,
    ratios: choices(inputs, "aspectRatio").toSorted((one, other) => proportion(one) - proportion(other)),
    ratio: standard(inputs, "aspectRatio"),
    techniques: choices(inputs, "technique"),
    technique: standard(inputs, "technique"),
    takesSeed: "seed" in inputs,
    longestPrompt: inputs["prompt"]?.maxLength,
  };
}

type Inputs = NonNullable<InputSchema["properties"]>;

function choices(inputs: Inputs, name: string): readonly string[] {
  return inputs[name]?.enum ?? [];
}

/** What the model takes when nothing is said. */
function standard(inputs: Inputs, name: string): string | undefined {
  const value = inputs[name]?.default;
  return typeof value === "string" ? value : undefined;
}

function proportion(ratio: string): number {
  const [across = 1, down = 1] = ratio.split(":").map(Number);
  return across / down;
}
