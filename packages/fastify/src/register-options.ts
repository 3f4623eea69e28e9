import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { assertCalledBy, ConfigurationError } from "unclash/adapter";

/** What Fastify itself does with options of `register`: they reach every plugin too. */
const ownOptions: readonly string[] = ["prefix", "logLevel", "logSerializers"];

/** A plugin with a context of its own, as `call` makes it. */
export function pluginWithContext(call: string, load: (app: FastifyInstance) => void): FastifyPluginAsync {
  return checked(call, load, (name) => {
    if (!ownOptions.includes(name)) refuse(call, name);
  });
}

/** A plugin without a context of its own: what it does is done to the context that it is registered in. */
export function pluginOfContext(
  call: string,
  displayName: string,
  load: (app: FastifyInstance) => void,
): FastifyPluginAsync {
  const plugin = checked(call, load, (name) => {
    if (!ownOptions.includes(name)) refuse(call, name);
    const instead = `register it inside a plugin that has the ${name}`;
    throw new ConfigurationError(name, `has no effect on ${call}(…), which acts on the context around it: ${instead}`);
  });
  return Object.assign(plugin, {
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: displayName,
  });
}

/** Refuses options of `app.register` of which nothing would come: for the ready of the app, as what a plugin rejects with. */
function checked(
  call: string,
  load: (app: FastifyInstance) => void,
  checkOption: (name: string) => void,
): FastifyPluginAsync {
  return (app, options) => {
    // At once: another framework might not hear what is rejected later.
    assertCalledBy(call, "Fastify", typeof Object(app).addHook === "function", app);
    return Promise.resolve().then(() => {
      for (const name of Object.keys(Object(options))) checkOption(name);
      load(app);
    });
  };
}

function refuse(call: string, name: string): never {
  throw new ConfigurationError(name, `is no option of app.register: give it to ${call}, as ${call}(…, { ${name} })`);
}
