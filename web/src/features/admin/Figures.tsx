/** The queue in five numbers, more where there are more states. */
import { formatElapsed } from "@/lib/format";
import type { Queue } from "@/sdk";

import { statesOf, tasksIn } from "./queue";

const COLOURS: Record<string, string> = { running: "text-lamp", dead: "text-grease" };

export function Figures({ queue }: { queue: Queue }) {
  const figures = statesOf(queue.depths.map(({ state }) => state)).map((state) => ({ name: state, value: tasksIn(queue.depths, state) }));
  return (
    <dl aria-label="In figures" className="grid grid-cols-2 border-y border-line sm:flex">
      {figures.map(({ name, value }) => (
        <Figure key={name} name={name} colour={value > 0 ? COLOURS[name] : "text-ink3"}>
          {value.toLocaleString("en")}
        </Figure>
      ))}
      <Figure name="oldest ready" colour={queue.oldestReadySeconds > 0 ? undefined : "text-ink3"}>
        {queue.oldestReadySeconds > 0 ? formatElapsed(queue.oldestReadySeconds * 1000) : "none"}
      </Figure>
    </dl>
  );
}

function Figure({ name, colour = "text-ink", children }: { name: string; colour?: string | undefined; children: string }) {
  return (
    <div className="flex flex-col-reverse justify-end gap-2 border-line py-4 max-sm:even:border-l max-sm:even:pl-4 max-sm:nth-[n+3]:border-t max-sm:last:odd:col-span-2 sm:grow sm:basis-0 sm:not-first:border-l sm:not-first:pl-5">
      <dt className="edge">{name}</dt>
      <dd className={`display whitespace-nowrap text-large tabular-nums ${colour}`}>{children}</dd>
    </div>
  );
}
