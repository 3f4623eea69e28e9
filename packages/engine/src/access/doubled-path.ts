import type { RequestFacts } from "../http/request.js";
import { warnOnce } from "../options/warnings.js";

/**
 * Warns once where an engine is mounted below the path that a proxy is said to strip off: links would have it twice. A
 * proxy that strips it sends requests without it.
 *
 * @param settings what tells engines apart
 */
export function warnOfDoubledPath(settings: { readonly publicPath: string }, { base }: RequestFacts): void {
  const { publicPath } = settings;
  if (publicPath === "" || !`${base}/`.startsWith(`${publicPath}/`)) return;
  warnOnce(
    "UNCLASH_DOUBLED_PATH",
    settings,
    `publicPath is "${publicPath}", and the engine is mounted at "${base}": links lead to "${publicPath}${base}". ` +
      "publicPath is only what a proxy strips off before the app sees a request: leave it out where none does.",
  );
}
