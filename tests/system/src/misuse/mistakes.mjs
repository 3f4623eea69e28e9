import { adapterMistakes } from "./adapters.mjs";
import { apiVersionMistakes } from "./api-versions.mjs";
import { callbackMistakes } from "./callbacks.mjs";
import { collectionMistakes, engineMistakes } from "./configuration.mjs";
import { guardMistakes } from "./guards.mjs";
import { mountedMistakes } from "./mounted.mjs";
import { storeMistakes } from "./stores.mjs";
import { suiteMistakes } from "./suites.mjs";

/**
 * Every mistake: what it is, what must be said of it, and how it is made. It is plain JavaScript: no compiler helps.
 */
export const mistakes = [
  ...engineMistakes,
  ...collectionMistakes,
  ...apiVersionMistakes,
  ...storeMistakes,
  ...guardMistakes,
  ...callbackMistakes,
  ...adapterMistakes,
  ...mountedMistakes,
  ...suiteMistakes,
];
