// Node imports this before a sample: the sample then finds waiting-shop.mjs where it imports @unclash/app-shop.
import { register } from "node:module";

const shop = new URL("waiting-shop.mjs", import.meta.url).href;
const hooks = `
  const url = ${JSON.stringify(shop)};
  export const resolve = (name, context, next) =>
    name === "@unclash/app-shop" && context.parentURL !== url ? { url, shortCircuit: true } : next(name, context);
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
