/** One job as a strip of film: what it is in the gutter, its frames in a row, its words below. */
import { memo } from "react";

import { useModelTitle } from "@/features/catalog";
import { edgeNumber } from "@/lib/format";
import type { Output } from "@/sdk";
import { Lamp } from "@/ui";

import { Description } from "./Description";
import { Ending } from "./Ending";
import { Frame } from "./Frame";
import { Gutter } from "./Gutter";
import { isEnded, type Job, ratioOf } from "./model";
import { ACROSS, ACROSS_NARROW, framesOf } from "./rows";
import { StripActions } from "./StripActions";

interface Props {
  job: Job;
  words: string;
  parent: Output | undefined;
  isFirst: boolean;
  /** The place of the marked frame, and of the one that Tab comes to; -1 when it is not on this strip. */
  marked: number;
  stop: number;
  /** Its place in the roll, and how many strips there are, for those who do not see it. */
  position: number;
  of: number;
  onPick: (job: Job, at: number) => void;
  onOpen: (job: Job, at: number) => void;
}

export const Strip = memo(function Strip(props: Props) {
  const { job, words, parent, position, of } = props;
  const title = useModelTitle(job.model);
  const isRunning = !isEnded(job);
  const { length } = framesOf(job);
  const across = { "--frames": Math.min(length, ACROSS), "--few": Math.min(length, ACROSS_NARROW), "--ratio": ratioOf(job, parent) };
  return (
    <article
      aria-label={words}
      aria-posinset={position}
      aria-setsize={of}
      data-job={job.id ?? undefined}
      data-status={job.status}
      className="group relative grid gap-x-3.5 gap-y-3 border-t border-line pt-3.5 pb-4 sm:grid-cols-[104px_minmax(0,1fr)]"
    >
      {isRunning && (
        <div className="absolute inset-x-0 top-0 sm:left-[118px]">
          <Lamp progress={job.progress} label={`Progress of ${words}`} />
        </div>
      )}
      <Gutter job={job} model={title} />
      <div className="contact min-w-0" style={across}>
        <Body {...props} />
        <div className="contact-width mt-2.5 flex items-start gap-3">
          <p className="min-w-0 grow pt-px text-ink2 max-sm:line-clamp-2 sm:truncate" title={words}>
            {words}
          </p>
          <StripActions job={job} />
        </div>
      </div>
    </article>
  );
});

function Body(props: Props) {
  const { job } = props;
  if (isEnded(job) && job.status !== "succeeded") return <Ending job={job} />;
  if (job.text !== null && job.outputs.length === 0) return <Description text={job.text} />;
  if (job.operation === "describe") return <p className="text-ink3 sm:pt-[17px]">{isEnded(job) ? "No words came of it." : "Looking at the picture."}</p>;
  return <Frames {...props} />;
}

function Frames({ job, words, parent, isFirst, marked, stop, onPick, onOpen }: Props) {
  const ratio = ratioOf(job, parent);
  const shown = framesOf(job);
  return (
    <ol className="contact-row">
      {shown.map(({ at, output }) => (
        <Frame
          key={at}
          job={job.id}
          number={at + 1}
          of={shown.length}
          prompt={words}
          ratio={ratio}
          output={output}
          preview={job.previews.find(({ index }) => index === at)}
          edge={at === 0 && job.id ? edgeNumber(job.id) : ""}
          isDeveloping={job.status === "processing" && output === undefined}
          isEager={isFirst}
          isMarked={marked === at}
          isStop={stop === at}
          onPick={() => onPick(job, at)}
          onOpen={() => onOpen(job, at)}
        />
      ))}
    </ol>
  );
}
