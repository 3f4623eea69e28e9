import type { RequestFacts } from "../http/request.js";

const warned = new WeakSet<object>();

/**
 * Warns once where an engine is mounted below the path that a proxy is said to strip off: links would have it twice. A
 * proxy that strips it sends requests without it.
 *
 * @param settings what tells engines apart
 */
export function warnOfDoubledPath(settings: { readonly publicPath: string }, { base }: RequestFacts): void {
  const { publicPath } = settings;
  if (publicPath === "" || !`${base}/`.startsWith(`${publicPath}/`) || warned.has(settings)) return;
  warned.add(settings);
  process.emitWarning(
    `publicPath is "${publicPath}", and the engine is mounted at "${base}": links lead to "${publicPath}${base}". ` +
      "publicPath is only what a proxy strips off before the app sees a request: leave it out where none does.",
    { type: "UnclashWarning", code: "UNCLASH_DOUBLED_PATH" },
  );
}
