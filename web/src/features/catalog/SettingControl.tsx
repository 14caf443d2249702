/** One setting of a model, drawn by what it is: a few are side by side, many are a list, a range is dragged. */
import type { ReactNode } from "react";

import { Button, Choice, Select, Slider, Switch } from "@/ui";

import { isChanged, type Setting, type Value, valueOf, type Values } from "./form";

/** More options than this, or longer ones, are a list. */
const SIDE_BY_SIDE = 4;
const LETTERS = 26;

interface Props {
  setting: Setting;
  values: Values;
  /** Undefined gives the setting back to the model. */
  onChange: (name: string, value: Value | undefined) => void;
}

export function SettingControl({ setting, values, onChange }: Props) {
  return (
    <Line
      title={setting.title}
      help={setting.help}
      {...(isChanged(setting, values) ? { onReset: () => onChange(setting.name, undefined) } : {})}
    >
      <Control setting={setting} values={values} onChange={onChange} />
    </Line>
  );
}

interface LineProps {
  title: string;
  help?: string | undefined;
  onReset?: () => void;
  children: ReactNode;
}

/** A setting's name above its control, and the way back to the model's own. */
export function Line({ title, help, onReset, children }: LineProps) {
  return (
    <div className="grid gap-1.5">
      <div className="flex min-h-6 items-center justify-between gap-2">
        <p className="text-small text-ink2" title={help}>
          {title}
        </p>
        {onReset && (
          <Button look="quiet" className="h-6" onClick={onReset} aria-label={`Reset ${title}`}>
            Reset
          </Button>
        )}
      </div>
      {children}
    </div>
  );
}

function Control({ setting, values, onChange }: Props) {
  const value = valueOf(setting, values);
  const { name, title } = setting;
  const change = (next: Value) => onChange(name, next);
  switch (setting.kind) {
    case "choice": {
      const chosen = setting.options.find((option) => option === value) ?? "";
      const isShort = setting.options.length <= SIDE_BY_SIDE && setting.options.join("").length <= LETTERS;
      return isShort ? (
        <Choice name={title} options={setting.options} value={chosen} onChange={change} label={worded}>
          {(option) => <span className="px-1.5 text-small">{worded(option)}</span>}
        </Choice>
      ) : (
        <Select label={title} options={setting.options} value={chosen} name={worded} onChange={change} />
      );
    }
    case "range":
      return <Slider label={title} least={setting.least} most={setting.most} step={setting.step} value={Number(value)} onChange={change} />;
    case "switch":
      return <Switch label={title} value={Boolean(value)} onChange={change} />;
    case "number":
      return <input type="number" aria-label={title} value={values[name] === undefined ? "" : Number(value)} onChange={({ target }) => onChange(name, target.value === "" ? undefined : target.valueAsNumber)} className={FIELD} />;
    case "text":
      return <input type="text" aria-label={title} value={String(value)} maxLength={setting.longest} onChange={({ target }) => onChange(name, target.value || undefined)} className={FIELD} />;
  }
}

/** A value of the catalogue as a person writes it. */
function worded(option: string | number): string {
  return String(option).replaceAll("_", " ");
}

const FIELD = "h-9 w-full rounded-control border border-line2 bg-base px-3 pointer-coarse:h-11";
