/** One job as a strip of film: what it is in the gutter, its frames in a row, its words below. */
import { useModelTitle } from "@/features/catalog";
import { edgeNumber } from "@/lib/format";
import { Lamp } from "@/ui";

import { Ending } from "./Ending";
import { Frame } from "./Frame";
import { Gutter } from "./Gutter";
import { isEnded, type Job, ratioOf } from "./model";
import { StripActions } from "./StripActions";

/** More frames than this go on a second row. */
const ACROSS = 4;
const ACROSS_NARROW = 2;

interface Props {
  job: Job;
  isFirst: boolean;
  onOpen: (frame: number) => void;
}

export function Strip({ job, isFirst, onOpen }: Props) {
  const title = useModelTitle(job.model);
  const prompt = job.input?.prompt ?? "";
  const isRunning = !isEnded(job);
  return (
    <article
      aria-label={prompt}
      data-job={job.id ?? undefined}
      data-status={job.status}
      className="relative grid gap-x-3.5 gap-y-3 border-t border-line pt-3.5 pb-4 sm:grid-cols-[104px_1fr]"
    >
      {isRunning && (
        <div className="absolute inset-x-0 top-0 sm:left-[118px]">
          <Lamp progress={job.progress} label={`Progress of ${prompt}`} />
        </div>
      )}
      <Gutter job={job} model={title} />
      <div className="contact min-w-0" style={across(job)}>
        {job.status === "succeeded" || isRunning ? (
          <Frames job={job} isFirst={isFirst} onOpen={onOpen} />
        ) : (
          <Ending job={job} />
        )}
        <div className="contact-width mt-2.5 flex items-start gap-3">
          <p className="min-w-0 grow pt-px text-ink2 max-sm:line-clamp-2 sm:truncate" title={prompt}>
            {prompt}
          </p>
          <StripActions job={job} />
        </div>
      </div>
    </article>
  );
}

/** The frames that a strip shows: of a partial success none for what never came. */
function framesOf(job: Job): Job["outputs"] {
  const frames = Array.from({ length: Math.max(job.count, job.outputs.length) }, (_, at) => job.outputs[at]);
  return isEnded(job) ? frames.filter((output) => output !== undefined) : frames;
}

function across(job: Job) {
  const { length } = framesOf(job);
  return { "--frames": Math.min(length, ACROSS), "--few": Math.min(length, ACROSS_NARROW), "--ratio": ratioOf(job) };
}

function Frames({ job, isFirst, onOpen }: Props) {
  const ratio = ratioOf(job);
  const shown = framesOf(job);
  return (
    <ol className="contact-row">
      {shown.map((output, at) => (
        <Frame
          // A frame's place is what it is.
          // oxlint-disable-next-line react/no-array-index-key
          key={at}
          number={at + 1}
          of={shown.length}
          prompt={job.input?.prompt ?? ""}
          ratio={ratio}
          output={output}
          edge={at === 0 && job.id ? edgeNumber(job.id) : ""}
          isDeveloping={job.status === "processing" && output === undefined}
          isEager={isFirst}
          onOpen={() => onOpen(at)}
        />
      ))}
    </ol>
  );
}
