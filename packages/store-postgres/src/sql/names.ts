/**
 * What the functions are called in the schema. One that a release has installed is never changed, since processes of
 * that release call it while a newer one is deployed: what is to do something else gets the next number, and stands
 * beside it (decision 010).
 */
export const functionNames = {
  commit: "commit",
  commitInstead: "commit_instead",
  commitOne: "commit_one",
  read: "read",
  listChildren: "list_children",
  listIndex: "list_index",
  listLapsed: "list_lapsed",
  history: "history",
  events: "events",
  due: "due",
  clean: "clean",
} as const;

/** A function, as the code here calls it. */
export type FunctionName = keyof typeof functionNames;
