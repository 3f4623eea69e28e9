export { type Article, Articles } from "./articles.js";
export { type Answer, type Asking, ask, askAndLeave } from "./ask.js";
export { letPast, targetSpellings } from "./spellings.js";
