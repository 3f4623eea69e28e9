/**
 * What the functions are called in the schema. One that a release has installed is never changed, since processes of
 * that release call it while a newer one is deployed: what is to do something else gets the next number, and stands
 * beside it (decision 010).
 */
export const functionNames = {
  commit: "commit_2",
  commitInstead: "commit_instead_2",
  commitOne: "commit_one_2",
  read: "read",
  listChildren: "list_children",
  listChildrenDown: "list_children_down",
  listIndex: "list_index",
  listIndexDown: "list_index_down",
  listLapsed: "list_lapsed",
  history: "history_2",
  events: "events",
  due: "due",
  clean: "clean",
} as const;

/** A function, as the code here calls it. */
export type FunctionName = keyof typeof functionNames;
