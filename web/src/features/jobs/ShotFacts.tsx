/** What is known of one picture: what made it, from what, how large, for how much, in what time. */
import { operationWords, useModels, useModelTitle } from "@/features/catalog";
import { formatCredits, formatElapsed, formatTime } from "@/lib/format";
import { Button, CopyButton, Fact, Facts } from "@/ui";

import { type Job, parentOf } from "./model";
import { goTo } from "./selection";
import { seedOfShot, type Shot, shotName, shotOf } from "./shots";

const SECOND_MS = 1000;
const SHORT_MS = 60_000;
/** These have a line of their own, or are no settings. */
const OWN = new Set(["prompt", "seed", "aspectRatio", "width", "height"]);

export function ShotFacts({ shot, jobs, canCopy = false }: { shot: Shot; jobs: readonly Job[]; canCopy?: boolean }) {
  const { job, output } = shot;
  const title = useModelTitle(job.model);
  const seed = seedOfShot(shot);
  const source = parentOf(job);
  const parent = shotOf(jobs, source);
  const each = (job.cost.chargedCredits ?? job.cost.quotedCredits) / Math.max(1, job.outputs.length || job.count);
  const took = job.finishedAt ? Date.parse(job.finishedAt) - Date.parse(job.createdAt) : null;
  return (
    <Facts>
      <Fact name="Model">
        {title}
        {canCopy && <CopyButton text={job.model} name="Copy the model’s id" isSmall />}
      </Fact>
      <Fact name="Seed">
        {seed !== null && (
          <>
            {spaced(seed)}
            {canCopy && <CopyButton text={String(seed)} name="Copy the seed" isSmall />}
          </>
        )}
      </Fact>
      <Fact name="From">
        {source !== null && (
          <>
            {parent ? (
              <Button look="quiet" className="-mx-2 h-5 text-ink underline decoration-line2 underline-offset-3" onClick={() => goTo(parent)}>
                {shotName(parent)}
              </Button>
            ) : (
              "an earlier picture"
            )}
            <span>, {operationWords(job.operation).done.toLowerCase()}</span>
          </>
        )}
      </Fact>
      <Fact name="Size">
        {output.width && output.height ? `${output.width} × ${output.height}` : null}
        {output.durationSeconds ? ` · ${output.durationSeconds.toFixed(1)} s` : null}
      </Fact>
      <Settings job={job} />
      <Fact name="Cost">
        {formatCredits(each)} {each === 1 ? "credit" : "credits"}
        {took !== null && ` · ${took < SHORT_MS ? `${(took / SECOND_MS).toFixed(1)} s` : formatElapsed(took)}`}
      </Fact>
      <Fact name="Made">{formatTime(new Date(job.createdAt))}</Fact>
    </Facts>
  );
}

/** The settings that the catalogue knows, by their titles. */
function Settings({ job }: { job: Job }) {
  const models = useModels().data ?? [];
  const offer = models.find(({ id }) => id === job.model)?.offers.find(({ operation }) => operation === job.operation);
  return Object.entries(job.input ?? {}).map(([name, value]) => {
    const setting = offer?.form.settings.find((one) => one.name === name);
    if (setting === undefined || OWN.has(name) || typeof value === "object") return null;
    return (
      <Fact key={name} name={setting.title}>
        {String(value)}
      </Fact>
    );
  });
}

/** "884 120 317": a number that is read out is grouped. */
function spaced(seed: number): string {
  return String(seed).replaceAll(/\B(?=(?:\d{3})+$)/g, " ");
}
