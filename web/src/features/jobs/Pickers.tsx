/** The composer's short lists: which model, which technique. */
import type { DrawingModel } from "@/features/catalog";
import { formatCredits } from "@/lib/format";

const CHIP = "inline-flex h-[34px] items-center gap-2 rounded-control bg-lift px-[11px] pointer-coarse:h-[50px]";

interface ModelProps {
  models: readonly DrawingModel[];
  model: DrawingModel;
  onChange: (id: string) => void;
}

/** With one model on offer there is nothing to pick: its name and price are only shown, where there is room. */
export function ModelPicker({ models, model, onChange }: ModelProps) {
  const price = <small className="text-small text-ink3">{formatCredits(model.creditsPerOutput)} cr each</small>;
  if (models.length < 2) {
    return (
      <span className={`${CHIP} max-sm:hidden`}>
        {model.title} {price}
      </span>
    );
  }
  return (
    <label className={CHIP}>
      <span className="sr-only">Model</span>
      <select value={model.id} onChange={(event) => onChange(event.target.value)} className="bg-transparent">
        {models.map(({ id, title }) => (
          <option key={id} value={id} className="bg-raise">
            {title}
          </option>
        ))}
      </select>
      {price}
    </label>
  );
}

interface TechniqueProps {
  techniques: readonly string[];
  value: string | undefined;
  onChange: (technique: string) => void;
}

export function TechniquePicker({ techniques, value, onChange }: TechniqueProps) {
  if (techniques.length < 2) return null;
  return (
    <label className={CHIP}>
      <small className="text-small text-ink3 max-sm:sr-only">Technique</small>
      <select value={value} onChange={(event) => onChange(event.target.value)} className="bg-transparent">
        {techniques.map((technique) => (
          <option key={technique} value={technique} className="bg-raise">
            {technique}
          </option>
        ))}
      </select>
    </label>
  );
}
