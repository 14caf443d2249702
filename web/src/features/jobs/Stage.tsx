/** A picture in the room of the viewer: whole at first, closer with wheel, fingers, keys or a double click, and moved by hand. */
import { type PointerEvent, type RefObject, useCallback, useEffect, useImperativeHandle, useRef, useState } from "react";

import { actual, fitted, panned, type Size, type View, WHOLE, zoomed } from "@/lib/zoom";
import type { Output } from "@/sdk";

import { isVideo } from "./shots";

const WHEEL = 0.0016;
const KEY_STEP = 1.5;
/** A finger that moves so far sideways over a whole picture turns to the next. */
const SWIPE_PX = 60;

export interface StageHandle {
  /** Between whole and a pixel for a pixel. */
  toggle: () => void;
  closer: () => void;
  further: () => void;
}

interface Props {
  output: Output;
  alt: string;
  handle: RefObject<StageHandle | null>;
  onSwipe: (step: "previous" | "next") => void;
  onScale: (percent: number) => void;
}

export function Stage({ output, alt, handle, onSwipe, onScale }: Props) {
  const room = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>(WHOLE);
  const [space, setSpace] = useState<Size>({ width: 0, height: 0 });
  const picture = { width: output.width ?? 1024, height: output.height ?? 1024 };
  const whole = fitted(picture, space);
  const fingers = useFingers();

  useEffect(() => {
    const element = room.current;
    if (element === null) return;
    const measure = () => setSpace({ width: element.clientWidth, height: element.clientHeight });
    measure();
    if (!("ResizeObserver" in globalThis)) return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const percent = Math.round(((whole.width * view.scale) / picture.width) * 100);
  useEffect(() => onScale(percent), [percent, onScale]);

  const to = useCallback(
    (scale: (now: number) => number, at = { x: 0, y: 0 }) => setView((now) => zoomed(now, scale(now.scale), at, picture, space)),
    // The picture's size is what matters of it.
    // oxlint-disable-next-line react/exhaustive-deps
    [picture.width, picture.height, space],
  );
  const toggle = (at?: { x: number; y: number }) => to((now) => (now > 1 ? 1 : Math.max(actual(picture, space), 1.0001)), at);
  useImperativeHandle(handle, () => ({ toggle: () => toggle(), closer: () => to((now) => now * KEY_STEP), further: () => to((now) => now / KEY_STEP) }));

  // React hears wheels passively; this one must not scroll the page.
  useEffect(() => {
    const element = room.current;
    if (element === null) return;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      to((now) => now * Math.exp(-event.deltaY * WHEEL), fromMiddle(event, element));
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, [to]);

  function move(event: PointerEvent<HTMLDivElement>) {
    const was = fingers.moved(event);
    if (was === null) return;
    const { pinch, by, middle } = was;
    if (pinch !== 1) to((now) => now * pinch, fromMiddle(middle, event.currentTarget));
    if (view.scale > 1) setView((now) => panned(now, by, picture, space));
  }

  function lift(event: PointerEvent<HTMLDivElement>) {
    const swipe = fingers.lifted(event);
    if (view.scale === 1 && event.pointerType === "touch" && Math.abs(swipe) > SWIPE_PX) onSwipe(swipe > 0 ? "previous" : "next");
  }

  const look = { width: whole.width, height: whole.height, transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` };
  const shared = { src: output.url, style: look, className: "viewed max-w-none rounded-frame select-none" };
  return (
    // The keys of the whole viewer do what the pointer does here.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={room}
      onDoubleClick={(event) => toggle(fromMiddle(event, event.currentTarget))}
      onPointerDown={(event) => {
        fingers.put(event);
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={move}
      onPointerUp={lift}
      onPointerCancel={lift}
      className={`absolute inset-0 grid touch-none place-items-center overflow-hidden ${view.scale > 1 ? "cursor-grab active:cursor-grabbing" : "cursor-zoom-in"}`}
    >
      {isVideo(output) ? (
        <video {...shared} aria-label={alt} muted loop playsInline autoPlay controls className={`${shared.className} touch-auto`} />
      ) : (
        <img {...shared} alt={alt} draggable={false} fetchPriority="high" />
      )}
    </div>
  );
}

function fromMiddle({ clientX, clientY }: { clientX: number; clientY: number }, element: Element): { x: number; y: number } {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
}

interface Moved {
  by: { x: number; y: number };
  /** How much further apart two fingers are than before. */
  pinch: number;
  middle: { clientX: number; clientY: number };
}

/** Pointers that are down: how they move together, and how far one went. */
function useFingers() {
  const down = useRef(new Map<number, { x: number; y: number }>());
  const start = useRef(0);
  return {
    put({ pointerId, clientX, clientY }: PointerEvent) {
      down.current.set(pointerId, { x: clientX, y: clientY });
      start.current = clientX;
    },
    moved({ pointerId, clientX, clientY }: PointerEvent): Moved | null {
      const before = down.current.get(pointerId);
      if (before === undefined) return null;
      const other = [...down.current].find(([id]) => id !== pointerId)?.[1];
      down.current.set(pointerId, { x: clientX, y: clientY });
      const by = { x: clientX - before.x, y: clientY - before.y };
      if (other === undefined) return { by, pinch: 1, middle: { clientX, clientY } };
      const apart = (point: { x: number; y: number }) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
      const middle = { clientX: (clientX + other.x) / 2, clientY: (clientY + other.y) / 2 };
      return { by: { x: by.x / 2, y: by.y / 2 }, pinch: apart({ x: clientX, y: clientY }) / apart(before), middle };
    },
    lifted({ pointerId, clientX }: PointerEvent): number {
      const isAlone = down.current.size === 1;
      down.current.delete(pointerId);
      return isAlone ? clientX - start.current : 0;
    },
  };
}
