/** Jobs: order them, watch them, look at what came of them. */
export { applyJobEvent, loadRoll } from "./api";
export { Composer, focusPrompt } from "./Composer";
export { forgetDraft } from "./draft";
export { Inspector } from "./Inspector";
export { RollCount } from "./RollCount";
export { RollView } from "./RollView";
export { select } from "./selection";
export { type StudioSearch, studioSearch } from "./useViewer";
