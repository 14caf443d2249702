/** The shape of what is made: each ratio drawn by its true proportion. */
import { type Form, ratioOf, sizeOf, type Value, type Values } from "@/features/catalog";
import { Choice, RatioGlyph } from "@/ui";

/** These are on the bar where there are many; the panel has them all. */
const USUAL = new Set(["9:16", "4:5", "1:1", "3:2", "16:9"]);
const MOST = 6;

interface Props {
  form: Form;
  values: Values;
  onChange: (name: string, value: Value | undefined) => void;
  isWhole?: boolean;
}

export function ShapeChoice({ form, values, onChange, isWhole = false }: Props) {
  const ratio = ratioOf(form, values);
  if (ratio === undefined) return null;
  const isMany = form.ratios.length > MOST && !isWhole;
  const shown = isMany ? form.ratios.filter((option) => USUAL.has(option) || option === ratio) : form.ratios;
  const chosen = sizeOf(form, values) === null ? ratio : "";
  return (
    <Choice name="Shape" options={shown} value={chosen} onChange={(option) => choose(form, option, onChange)} label={shapeName}>
      {(option) => <RatioGlyph ratio={option} />}
    </Choice>
  );
}

/** A ratio takes the place of a size, and the model's own needs no saying. */
function choose(form: Form, ratio: string, onChange: Props["onChange"]): void {
  onChange("aspectRatio", ratio === form.ratio ? undefined : ratio);
  onChange("width", undefined);
  onChange("height", undefined);
}

/** Puts a shape on its side: 2:3 becomes 3:2, 800 × 600 becomes 600 × 800. */
export function swapShape(form: Form, values: Values, onChange: Props["onChange"]): void {
  const size = sizeOf(form, values);
  if (size !== null) {
    onChange("width", size.height);
    onChange("height", size.width);
    return;
  }
  const turned = ratioOf(form, values)?.split(":").toReversed().join(":");
  if (turned !== undefined && form.ratios.includes(turned)) choose(form, turned, onChange);
}

export function shapeName(ratio: string): string {
  return ratio.replace(":", " by ");
}
