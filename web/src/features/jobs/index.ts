/** Jobs: order them, watch them, look at what came of them. */
export { applyJobEvent, loadRoll } from "./api";
export { Composer } from "./Composer";
export { forgetDraft } from "./draft";
export { RollCount } from "./RollCount";
export { RollView } from "./RollView";
