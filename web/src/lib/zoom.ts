/** Looking closer at a picture: how large it is shown and what part of it. Pure. */

export interface Size {
  width: number;
  height: number;
}

/** `scale` 1 is whole in the window; `x` and `y` move its middle, in pixels of the screen. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
const LARGEST = 8;

/** How large a picture is when it is whole: never larger than it is. */
export function fitted(picture: Size, room: Size): Size {
  const by = Math.min(1, room.width / picture.width, room.height / picture.height);
  return { width: picture.width * by, height: picture.height * by };
}

/** The scale at which a pixel of the picture is a pixel of the screen. */
export function actual(picture: Size, room: Size): number {
  return picture.width / fitted(picture, room).width;
}

/** Zooms so that what is under the pointer stays there; `at` counts from the middle of the room. */
export function zoomed(view: View, scale: number, at: { x: number; y: number }, picture: Size, room: Size): View {
  const most = Math.max(LARGEST, actual(picture, room));
  const next = Math.min(most, Math.max(1, scale));
  const by = next / view.scale;
  return held({ scale: next, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by }, picture, room);
}

export function panned(view: View, by: { x: number; y: number }, picture: Size, room: Size): View {
  return held({ ...view, x: view.x + by.x, y: view.y + by.y }, picture, room);
}

/** Keeps the picture's edges at or beyond the room's, and a picture smaller than the room in its middle. */
function held(view: View, picture: Size, room: Size): View {
  const whole = fitted(picture, room);
  const slack = (size: number, space: number) => Math.max(0, (size * view.scale - space) / 2);
  return {
    scale: view.scale,
    x: within(view.x, slack(whole.width, room.width)),
    y: within(view.y, slack(whole.height, room.height)),
  };
}

/** No further than so much to either side; never minus nothing. */
function within(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value)) || 0;
}
