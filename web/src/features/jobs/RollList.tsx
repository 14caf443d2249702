/** The long list of strips: it knows how tall each is, draws those near the window, and asks for older ones in time. */
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

import { HAS_INSPECTOR, IS_PHONE, useMedia } from "@/lib/useMedia";
import { sentence } from "@/sdk";
import { Button, Torn } from "@/ui";

import { useOlder } from "./api";
import { BlankRoll } from "./BlankRoll";
import { type Job, parentOf } from "./model";
import { heightOf, type Row } from "./rows";
import { goTo, useSelection } from "./selection";
import { firstShot, shotOf } from "./shots";
import { Strip } from "./Strip";
import { wordsOf } from "./words";

/** Rows beyond the window that are drawn all the same. */
const OVERSCAN = 2;
/** So many rows before the end older ones are asked for. */
const AHEAD = 12;

interface Props {
  rows: readonly Row[];
  jobs: readonly Job[];
  next: string | null;
  onOpen: (job: Job, at: number) => void;
}

export function RollList({ rows, jobs, next, onOpen }: Props) {
  const table = useRef<HTMLDivElement>(null);
  const [{ width, top }, setRoom] = useState(() => ({ width: innerWidth * 0.6, top: 0 }));
  const isPhone = useMedia(IS_PHONE);
  const place = useSelection((selection) => selection.place);
  const markedRow = place === null ? -1 : rows.findIndex(({ key }) => key === place.key);

  // Its functions change with each render on purpose; nothing here is remembered by them.
  // oxlint-disable-next-line react/incompatible-library
  const list = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (at) => (rows[at] ? heightOf(rows[at], { width, windowHeight: innerHeight, isPhone }) : 0),
    // Remembered: with a new function all rows would be laid out anew at each turn of the wheel.
    getItemKey: useCallback((at: number) => rows[at]?.key ?? at, [rows]),
    overscan: OVERSCAN,
    scrollMargin: top,
    // The marked frame stays drawn wherever the window is, so that it keeps the focus.
    rangeExtractor: useCallback((range: Range) => withRow(range, markedRow), [markedRow]),
  });

  useLayoutEffect(() => {
    const element = table.current;
    if (element === null) return;
    const measure = () => {
      const room = { width: element.clientWidth, top: topOf(element) };
      setRoom((known) => (known.width === room.width && known.top === room.top ? known : room));
    };
    measure();
    if (!("ResizeObserver" in globalThis)) return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => list.measure(), [list, width, isPhone]);

  useShown(markedRow, (at) => list.scrollToIndex(at, { align: "auto" }));
  const older = useOlderInTime(next, (list.getVirtualItems().at(-1)?.index ?? 0) > rows.length - AHEAD);
  const pick = usePick(onOpen);
  const stop = place !== null && markedRow !== -1 ? place : placeOf(jobs);

  return (
    <>
      <div ref={table} aria-busy={older.isPending} className="relative" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const shift = { transform: `translateY(${item.start - top}px)` };
          return (
            <div key={item.key} ref={list.measureElement} data-index={item.index} className="absolute inset-x-0 top-0" style={shift}>
              {row.kind === "blank" && <BlankRoll />}
              {row.kind === "day" && <h2 className="display pt-8 pb-3.5 text-number">{row.name}’s roll</h2>}
              {row.kind === "strip" && (
                <StripOfRoll row={row} jobs={jobs} marked={place?.key === row.key ? place.at : -1} stop={stop?.key === row.key ? stop.at : -1} onPick={pick} onOpen={onOpen} />
              )}
            </div>
          );
        })}
      </div>
      {older.isError && (
        <div className="pt-4">
          <Torn title="Older strips could not be read" action={<Button onClick={older.retry}>Retry</Button>}>
            {sentence(older.error)}
          </Torn>
        </div>
      )}
    </>
  );
}

/** Where an element starts on the page. By layout, not by what is seen: a scroll may be half done while it is asked. */
function topOf(element: HTMLElement): number {
  let top = 0;
  for (let part: Element | null = element; part instanceof HTMLElement; part = part.offsetParent) top += part.offsetTop;
  return top;
}

interface StripProps {
  row: Extract<Row, { kind: "strip" }>;
  jobs: readonly Job[];
  marked: number;
  stop: number;
  onPick: (job: Job, at: number) => void;
  onOpen: (job: Job, at: number) => void;
}

function StripOfRoll({ row: { job, isFirst }, jobs, ...rest }: StripProps) {
  const parent = shotOf(jobs, parentOf(job));
  return <Strip job={job} isFirst={isFirst} words={wordsOf(job, parent)} parent={parent?.output} position={jobs.indexOf(job) + 1} of={jobs.length} {...rest} />;
}

/** Where there is an inspector a click marks; where there is none it opens, and the picture has its facts beside it. */
function usePick(onOpen: Props["onOpen"]): Props["onOpen"] {
  const hasInspector = useMedia(HAS_INSPECTOR);
  return useCallback((job, at) => (hasInspector ? goTo({ job, at }) : onOpen(job, at)), [hasInspector, onOpen]);
}

function placeOf(jobs: readonly Job[]) {
  const shot = firstShot(jobs);
  return shot && { key: shot.job.key, at: shot.at };
}

/** Brings the marked row into view after each move, and the focus to its frame. */
function useShown(row: number, show: (row: number) => void): void {
  const moves = useSelection((selection) => selection.moves);
  const seen = useRef(moves);
  const latest = useRef({ row, show });
  useEffect(() => {
    latest.current = { row, show };
  });
  useEffect(() => {
    if (seen.current === moves) return;
    seen.current = moves;
    if (latest.current.row !== -1) latest.current.show(latest.current.row);
    const frame = requestAnimationFrame(focusMarked);
    return () => cancelAnimationFrame(frame);
  }, [moves]);
}

/** Nothing is taken away from a dialog that is open. */
export function focusMarked(): void {
  if (document.querySelector("dialog[open]") === null) {
    document.querySelector<HTMLElement>("[data-shot][aria-pressed=true]")?.focus({ preventScroll: true });
  }
}

function useOlderInTime(next: string | null, isNear: boolean) {
  const older = useOlder();
  const { mutate, isPending, isError, error } = older;
  useEffect(() => {
    if (isNear && next !== null && !isPending && !isError) mutate(next);
  }, [isNear, next, isPending, isError, mutate]);
  return { isPending, isError, error, retry: () => next !== null && mutate(next) };
}

function withRow(range: Range, row: number): number[] {
  const rows = defaultRangeExtractor(range);
  if (row === -1 || row >= range.count || rows.includes(row)) return rows;
  return [...rows, row].toSorted((one, other) => one - other);
}
