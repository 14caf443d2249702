/** A form from a JSON Schema: what an operation takes beside words and pictures, as settings that can be drawn. Pure. */
import type { InputSchema, Property } from "@/sdk";

export type Value = string | number | boolean;
export type Values = Readonly<Record<string, Value>>;

interface Named {
  name: string;
  title: string;
  help: string | undefined;
  /** What the model takes when nothing is said. */
  standard: Value | undefined;
}

export type Setting = Named &
  (
    | { kind: "choice"; options: readonly (string | number)[] }
    | { kind: "range"; least: number; most: number; step: number }
    | { kind: "number" }
    | { kind: "switch" }
    | { kind: "text"; longest: number | undefined }
  );

export interface Form {
  takesPrompt: boolean;
  longestPrompt: number | undefined;
  takesSeed: boolean;
  /** From the tallest to the widest. */
  ratios: readonly string[];
  ratio: string | undefined;
  /** Width and height may be given instead of a ratio, between these many pixels. */
  size: { least: number; most: number } | null;
  /** Fields that take a picture. */
  pictures: readonly string[];
  /** All the rest, in the schema's order. */
  settings: readonly Setting[];
  /** What has to be given. */
  needs: readonly string[];
}

/** These have a place of their own in the room. */
const PLACED = new Set(["prompt", "seed", "aspectRatio", "width", "height"]);

export function formOf(schema: InputSchema): Form {
  const inputs = schema.properties ?? {};
  const pictures = Object.keys(inputs).filter((name) => inputs[name]?.["x-source"] === "image");
  const { width, height } = inputs;
  return {
    takesPrompt: "prompt" in inputs,
    longestPrompt: inputs["prompt"]?.maxLength,
    takesSeed: "seed" in inputs,
    ratios: texts(inputs["aspectRatio"]).toSorted((one, other) => proportion(one) - proportion(other)),
    ratio: texts(inputs["aspectRatio"]).find((ratio) => ratio === inputs["aspectRatio"]?.default),
    size: width && height ? { least: width.minimum ?? 1, most: width.maximum ?? 8192 } : null,
    pictures,
    settings: Object.entries(inputs)
      .filter(([name]) => !PLACED.has(name) && !pictures.includes(name))
      .flatMap(([name, property]) => settingOf(name, property)),
    needs: schema.required ?? [],
  };
}

/** The setting that a property is; none for what cannot be drawn, which stays as the model has it. */
function settingOf(name: string, property: Property): Setting[] {
  const { default: standard, description } = property;
  const named: Named = {
    name,
    title: property.title ?? words(name),
    help: description,
    standard: isValue(standard) ? standard : undefined,
  };
  const type = typeOf(property);
  const options = property.enum?.filter((option) => typeof option === "string" || typeof option === "number") ?? [];
  if (options.length > 0) return [{ ...named, kind: "choice", options }];
  if (type === "boolean") return [{ ...named, kind: "switch" }];
  if (type === "string") return [{ ...named, kind: "text", longest: property.maxLength }];
  if (type !== "integer" && type !== "number") return [];
  const { minimum: least, maximum: most } = property;
  if (least === undefined || most === undefined) return [{ ...named, kind: "number" }];
  return [{ ...named, kind: "range", least, most, step: property.multipleOf ?? (type === "integer" ? 1 : (most - least) / 100) }];
}

/** What a setting stands at: as changed, else as the model has it, else its first or least. */
export function valueOf(setting: Setting, values: Values): Value {
  for (const value of [values[setting.name], setting.standard]) {
    if (value !== undefined && fits(setting, value)) return value;
  }
  if (setting.kind === "choice") return setting.options[0] ?? "";
  if (setting.kind === "range") return setting.least;
  return { number: 0, switch: false, text: "" }[setting.kind];
}

export function isChanged(setting: Setting, values: Values): boolean {
  const value = values[setting.name];
  return value !== undefined && value !== setting.standard && value !== "" && fits(setting, value);
}

function fits(setting: Setting, value: Value): boolean {
  if (setting.kind === "choice") return setting.options.some((option) => option === value);
  if (setting.kind === "range") return typeof value === "number" && value >= setting.least && value <= setting.most;
  return typeof value === { number: "number", switch: "boolean", text: "string" }[setting.kind];
}

/** Sets one value; undefined gives it back to the model. */
export function withValue(values: Values, name: string, value: Value | undefined): Values {
  const others = Object.fromEntries(Object.entries(values).filter(([other]) => other !== name));
  return value === undefined ? others : { ...others, [name]: value };
}

/** The ratio that is wanted if it is on offer, else the model's own. */
export function ratioOf(form: Form, values: Values): string | undefined {
  return form.ratios.find((ratio) => ratio === values["aspectRatio"]) ?? form.ratio ?? form.ratios[0];
}

/** Width and height, when both are given and may be. */
export function sizeOf(form: Form, values: Values): { width: number; height: number } | null {
  const { width, height } = values;
  if (form.size === null || typeof width !== "number" || typeof height !== "number") return null;
  return { width, height };
}

/** What of these values goes into an order: the changed ones that the operation takes. */
export function inputOf(form: Form, values: Values): Record<string, Value> {
  const size = sizeOf(form, values);
  const ratio = ratioOf(form, values);
  const changed = form.settings.filter((setting) => isChanged(setting, values));
  return {
    ...(size ?? (ratio === undefined || ratio === form.ratio ? {} : { aspectRatio: ratio })),
    ...Object.fromEntries(changed.map((setting) => [setting.name, valueOf(setting, values)])),
  };
}

/** Takes values over to another form: what fits is kept, and what does not is named. */
export function carried(values: Values, from: Form, to: Form): { kept: Values; dropped: string[] } {
  const kept: Record<string, Value> = {};
  const dropped: string[] = [];
  const size = sizeOf(from, values);
  for (const [name, value] of Object.entries(values)) {
    const setting = to.settings.find((other) => other.name === name);
    if (setting ? fits(setting, value) : takes(to, name, value)) kept[name] = value;
    else if (name === "aspectRatio" && (size !== null || value === from.ratio)) continue;
    else if (name !== "height") dropped.push(titleOf(from, name));
  }
  return { kept, dropped };
}

function takes(form: Form, name: string, value: Value): boolean {
  if (name === "seed") return form.takesSeed;
  if (name === "aspectRatio") return form.ratios.some((ratio) => ratio === value);
  if (name !== "width" && name !== "height") return false;
  return form.size !== null && typeof value === "number" && value >= form.size.least && value <= form.size.most;
}

function titleOf(form: Form, name: string): string {
  const own: Record<string, string> = { width: "Size", aspectRatio: "Shape", seed: "Seed" };
  return form.settings.find((setting) => setting.name === name)?.title ?? own[name] ?? words(name);
}

/** A field's own name as words: "guidanceScale" is "Guidance scale". */
function words(name: string): string {
  const spaced = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${spaced.charAt(0).toUpperCase()}${spaced.slice(1)}`;
}

function typeOf({ type }: Property): string | undefined {
  return Array.isArray(type) ? type.find((one) => one !== "null") : type;
}

function isValue(value: unknown): value is Value {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function texts(property: Property | undefined): string[] {
  return property?.enum?.filter((option) => typeof option === "string") ?? [];
}

function proportion(ratio: string): number {
  const [across = 1, down = 1] = ratio.split(":").map(Number);
  return across / down;
}
