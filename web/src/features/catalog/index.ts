/** Models on offer: what they take, as forms, and what they cost. */
export { carried, type Form, inputOf, ratioOf, type Setting, sizeOf, type Value, valueOf, type Values, withValue } from "./form";
export { ModelPicker } from "./ModelPicker";
export { described, fromPicture, fromWords, type Model, modelsQuery, type Offer, offersOf, priceOf, priceOfEach, useModels, useModelTitle } from "./models";
export { operationWords } from "./operations";
export { Line, SettingControl } from "./SettingControl";
