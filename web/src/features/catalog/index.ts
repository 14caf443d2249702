/** Models on offer: what they take and what they cost. */
export { type DrawingModel, modelsQuery, useModels, useModelTitle } from "./models";
