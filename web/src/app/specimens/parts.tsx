/** What hangs in the gallery: a name and how to show it. States that live are kept by the specimen itself. */
import { type ReactNode, useState } from "react";

import { type Setting, SettingControl, type Values, withValue } from "@/features/catalog";
import {
  BlankStrip,
  Button,
  CHIP,
  Choice,
  CloseIcon,
  CopyButton,
  CreateIcon,
  DocsIcon,
  DownloadIcon,
  Fact,
  Facts,
  Field,
  IconButton,
  Kbd,
  KeysIcon,
  Lamp,
  LockIcon,
  Meter,
  NewPill,
  NextIcon,
  Picker,
  Popover,
  PreviousIcon,
  RatioGlyph,
  Select,
  SettingsIcon,
  Slider,
  SwapIcon,
  Switch,
  ThemeButton,
  Torn,
} from "@/ui";

interface Specimen {
  name: string;
  show: () => ReactNode;
}

const TONES = ["base", "well", "raise", "lift", "line", "line2", "ink", "ink2", "ink3", "lamp", "grease", "ok"] as const;
const RATIOS = ["9:16", "2:3", "4:5", "1:1", "5:4", "3:2", "16:9", "21:9"];
const row = "flex flex-wrap items-center gap-2.5";

export const WORDS: readonly Specimen[] = [
  {
    name: "Colours",
    show: () => (
      <ul className="grid grid-cols-4 gap-2 sm:grid-cols-6">
        {TONES.map((tone) => (
          <li key={tone} className="grid gap-1.5">
            <span className="h-10 rounded-control border border-line2" style={{ background: `var(--${tone})` }} />
            <span className="edge">{tone}</span>
          </li>
        ))}
      </ul>
    ),
  },
  {
    name: "Type",
    show: () => (
      <div className="grid gap-3">
        <p className="display text-huge">2431</p>
        <p className="display text-large">Contact sheet</p>
        <p className="display text-title">Today’s roll</p>
        <p className="display text-number">Yesterday’s roll</p>
        <p className="text-prompt">Ridge lines at blue hour, low sun disc, four-colour separation</p>
        <p>Mark a frame to see what made it and what can be done with it.</p>
        <p className="text-small text-ink2">Nothing was charged.</p>
        <p className="edge">▸ 2 2430A · 884 120 317</p>
      </div>
    ),
  },
];

export const CONTROLS: readonly Specimen[] = [
  {
    name: "Buttons",
    show: () => (
      <div className={row}>
        <Button look="lamp">Generate</Button>
        <Button look="lamp" disabled>
          Not enough credits
        </Button>
        <Button>Retry</Button>
        <Button disabled>Retry</Button>
        <Button look="quiet">Use prompt</Button>
        <CopyButton text="copied" name="Copy the word" />
        <NewPill count={3} onClick={() => undefined} />
      </div>
    ),
  },
  {
    name: "Icons and keys",
    show: () => (
      <div className={row}>
        <IconButton name="Create">
          <CreateIcon />
        </IconButton>
        <IconButton name="API">
          <DocsIcon />
        </IconButton>
        <IconButton name="Previous" disabled>
          <PreviousIcon />
        </IconButton>
        {[NextIcon, DownloadIcon, CloseIcon, KeysIcon, LockIcon, SwapIcon, SettingsIcon].map((Icon) => (
          <span key={Icon.name} className="text-ink3">
            <Icon />
          </span>
        ))}
        <ThemeButton />
        <Kbd keys="Shift+V" isRead />
        <Kbd keys="ArrowLeft" isRead />
      </div>
    ),
  },
  { name: "Field", show: () => <Field label="E-mail address" name="email" type="email" autoComplete="off" /> },
  { name: "Choices", show: () => <Choices /> },
  { name: "Settings from a schema", show: () => <Settings /> },
  { name: "Slider, switch, select", show: () => <Moving /> },
  {
    name: "Panel",
    show: () => (
      <div>
        <Popover label="A panel" button={{ className: CHIP }} face="Open a panel">
          {(close) => (
            <div className="grid gap-3">
              <p>It lies over everything, beside what opened it.</p>
              <Button onClick={close}>Close it</Button>
            </div>
          )}
        </Popover>
      </div>
    ),
  },
  {
    name: "Picker, short and searched",
    show: () => (
      <div className="grid gap-6 sm:grid-cols-2">
        <Picker label="A few models" options={models(3)} value="model-1" onPick={() => undefined} />
        <Picker label="Many models" options={models(9)} value="model-4" onPick={() => undefined} />
      </div>
    ),
  },
];

export const SURFACES: readonly Specimen[] = [
  {
    name: "Lamp line",
    show: () => (
      <div className="grid gap-8 pt-2 pb-4">
        {[0, 0.4, 1].map((progress) => (
          <div key={progress} className="relative">
            <Lamp progress={progress} label={`Progress at ${progress * 100} %`} />
          </div>
        ))}
      </div>
    ),
  },
  {
    name: "Meter",
    show: () => (
      <div className="grid gap-3">
        <Meter label="All of it" lit={1} held={0} />
        <Meter label="Some held" lit={0.7} held={0.12} />
        <Meter label="Nothing left" lit={0} held={0.04} />
      </div>
    ),
  },
  {
    name: "Frames: blank, waiting, developing, marked",
    show: () => (
      <div className="grid gap-4">
        <div className="contact" style={{ "--frames": 4, "--few": 2, "--ratio": 1 }}>
          <BlankStrip />
        </div>
        <div className="contact" style={{ "--frames": 4, "--few": 2, "--ratio": 1 }}>
          <BlankStrip isWaiting />
        </div>
        <div className="grid grid-cols-4 gap-1">
          <div className="latent aspect-square rounded-frame border border-line bg-well" />
          <div className="crop relative aspect-square rounded-frame bg-ink3" />
        </div>
      </div>
    ),
  },
  {
    name: "Torn",
    show: () => (
      <div className="grid gap-3">
        <Torn title="The provider refused this">The prompt asks for something it does not draw. Nothing was charged.</Torn>
        <Torn title="The roll could not be read" action={<Button>Retry</Button>}>
          The server cannot be reached.
        </Torn>
      </div>
    ),
  },
  {
    name: "Facts",
    show: () => (
      <Facts>
        <Fact name="Model">Print</Fact>
        <Fact name="Seed">
          884 120 317 <CopyButton text="884120317" name="Copy the number" isSmall />
        </Fact>
        <Fact name="From">{null}</Fact>
        <Fact name="Cost">3 credits · 8.4 s</Fact>
      </Facts>
    ),
  },
];

function Choices() {
  const [count, setCount] = useState(4);
  const [ratio, setRatio] = useState("4:5");
  return (
    <div className={row}>
      <Choice name="Count" options={[1, 2, 3, 4]} value={count} onChange={setCount} label={String}>
        {(option) => `×${option}`}
      </Choice>
      <Choice name="Ratio" options={RATIOS} value={ratio} onChange={setRatio} label={String}>
        {(option) => <RatioGlyph ratio={option} />}
      </Choice>
    </div>
  );
}

const SETTINGS: readonly Setting[] = [
  { kind: "choice", name: "strength", title: "Strength", help: undefined, standard: "subtle", options: ["subtle", "strong"] },
  { kind: "choice", name: "style", title: "Style", help: undefined, standard: "auto", options: ["auto", "screen print", "linocut", "watercolour", "blueprint"] },
  { kind: "range", name: "steps", title: "Steps", help: "More steps take longer.", standard: 28, least: 1, most: 50, step: 1 },
  { kind: "switch", name: "tiling", title: "Tiling", help: undefined, standard: false },
  { kind: "text", name: "negative", title: "Leave out", help: undefined, standard: undefined, longest: 200 },
  { kind: "number", name: "shift", title: "Shift", help: undefined, standard: undefined },
];

function Settings() {
  const [values, setValues] = useState<Values>({ strength: "strong", steps: 40 });
  return (
    <div className="grid max-w-[340px] gap-4">
      {SETTINGS.map((setting) => (
        <SettingControl
          key={setting.name}
          setting={setting}
          values={values}
          onChange={(name, value) => setValues((now) => withValue(now, name, value))}
        />
      ))}
    </div>
  );
}

function Moving() {
  const [steps, setSteps] = useState(12);
  const [isOn, setIsOn] = useState(true);
  const [style, setStyle] = useState("linocut");
  return (
    <div className="grid max-w-[340px] gap-3">
      <Slider label="Seconds" least={1} most={20} step={1} value={steps} unit="s" onChange={setSteps} />
      <Switch label="Sound" value={isOn} onChange={setIsOn} />
      <Select label="Technique" options={["auto", "linocut", "screen print"]} value={style} onChange={setStyle} />
    </div>
  );
}

function models(count: number) {
  return Array.from({ length: count }, (_, at) => ({ id: `model-${at}`, title: `Model ${at + 1}`, group: at % 3 === 2 ? "Video" : "Image", detail: `${at + 1} cr` }));
}
