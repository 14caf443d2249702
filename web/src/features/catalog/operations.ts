/** Operations in a person's words. */

interface Words {
  /** What it makes, as a choice in the prompt bar: "Image". */
  makes: string;
  /** What it does, on a button: "Upscale". */
  act: string;
  /** What it was, under a strip: "Upscaled". */
  done: string;
}

const WORDS: Readonly<Record<string, Words>> = {
  text_to_image: { makes: "Image", act: "Draw", done: "Drawn" },
  text_to_video: { makes: "Video", act: "Film", done: "Filmed" },
  vary: { makes: "Image", act: "Vary", done: "Varied" },
  upscale: { makes: "Image", act: "Upscale", done: "Upscaled" },
  reframe: { makes: "Image", act: "Reframe", done: "Reframed" },
  describe: { makes: "Text", act: "Describe", done: "Described" },
  image_edit: { makes: "Image", act: "Edit", done: "Edited" },
  image_to_video: { makes: "Video", act: "Animate", done: "Animated" },
  remove_background: { makes: "Image", act: "Remove background", done: "Background removed" },
};

export function operationWords(operation: string): Words {
  const spaced = operation.replaceAll("_", " ");
  const title = `${spaced.charAt(0).toUpperCase()}${spaced.slice(1)}`;
  return WORDS[operation] ?? { makes: title, act: title, done: title };
}
