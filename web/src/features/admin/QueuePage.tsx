/** What waits and runs in the whole house, for whom, in whose hands, and what was given up. */
import { type ComponentProps, useEffect } from "react";

import { edgeNumber, formatMoment } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { useDelayed } from "@/lib/useDelayed";
import { Problem, type Queue, sentence } from "@/sdk";
import { BlankStrip, Button, Kbd, Torn } from "@/ui";

import { useQueue, useReplay } from "./api";
import { Figures } from "./Figures";
import { Lanes } from "./Lanes";
import { Letters } from "./Letters";
import { Pools } from "./Pools";
import { tasksIn } from "./queue";
import { Workers } from "./Workers";

export function QueuePage() {
  const queue = useQueue();
  const { refusals, replayed, replay } = useReplay();
  const refresh = () => void queue.refetch();
  const isSlow = useDelayed(queue.isPending);
  useKeys({ R: refresh });
  useEffect(() => {
    document.title = "Queue · DayGen";
  }, []);
  return (
    <main className="min-w-0 px-4 pb-12 sm:px-[26px]">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2 pt-[18px] pb-3.5">
        <h1 className="display text-title">Queue</h1>
        <output className="edge text-ink2">
          {replayed && (replayed.jobId === null ? "Ready again" : `Ordered again as job ${edgeNumber(replayed.jobId)}`)}
        </output>
        <div className="ml-auto flex items-center gap-4">
          {queue.data && <p className="edge whitespace-nowrap">as of {formatMoment(new Date(queue.data.at))}</p>}
          <Button className="pointer-coarse:h-11" disabled={queue.isFetching} onClick={refresh}>
            Refresh
            <Kbd keys="R" className="pointer-coarse:hidden" />
          </Button>
        </div>
      </header>
      {queue.isError && <Trouble error={queue.error} isOld={queue.data !== undefined} onRetry={refresh} />}
      {queue.data ? <Look queue={queue.data} refusals={refusals} onReplay={replay} /> : isSlow && <BlankStrip isWaiting />}
    </main>
  );
}

type LookProps = { queue: Queue } & Pick<ComponentProps<typeof Letters>, "refusals" | "onReplay">;

function Look({ queue, ...replaying }: LookProps) {
  return (
    <div className="grid gap-9">
      <Figures queue={queue} />
      <div className="grid gap-x-12 gap-y-9 min-[1700px]:grid-cols-2">
        <Letters letters={queue.dead} count={tasksIn(queue.depths, "dead")} at={queue.at} {...replaying} />
        <Pools pools={queue.pools} />
        <Lanes lanes={queue.lanes} />
        <Workers workers={queue.workers} at={queue.at} />
      </div>
    </div>
  );
}

function Trouble({ error, isOld, onRetry }: { error: Error; isOld: boolean; onRetry: () => void }) {
  const isForbidden = error instanceof Problem && error.status === 403;
  if (isForbidden) {
    return (
      <Torn title="This page is for operators" isNews action={<a href="/" className="underline">To the studio</a>}>
        Who runs this house can see its queue.
      </Torn>
    );
  }
  return (
    <div className="pb-6">
      <Torn title={isOld ? "This look at the queue is an old one" : "The queue cannot be shown"} isNews action={<Button onClick={onRetry}>Try again</Button>}>
        {sentence(error)}
      </Torn>
    </div>
  );
}
