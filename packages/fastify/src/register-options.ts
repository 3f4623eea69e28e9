import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { assertCalledBy, ConfigurationError } from "unclash/adapter";

/** What Fastify itself does with options of `register`: they reach every plugin too. */
const ownOptions: readonly string[] = ["prefix", "logLevel", "logSerializers"];

/** The releases of Fastify that the plugins are for: Fastify refuses to register them in another. */
const fastify = "5.x";

/**
 * A plugin with a context of its own, as `call` makes it. `name` is what Fastify knows it by: `app.hasPlugin(name)`.
 */
export function pluginWithContext(
  call: string,
  name: string,
  load: (app: FastifyInstance) => void,
): FastifyPluginAsync {
  const plugin = checked(call, load, (option) => {
    if (!ownOptions.includes(option)) refuse(call, option);
  });
  return fastifyPlugin(plugin, { name, fastify, encapsulate: true });
}

/** A plugin without a context of its own: what it does is done to the context that it is registered in. */
export function pluginOfContext(call: string, name: string, load: (app: FastifyInstance) => void): FastifyPluginAsync {
  const plugin = checked(call, load, (option) => {
    if (!ownOptions.includes(option)) refuse(call, option);
    const instead = `register it inside a plugin that has the ${option}`;
    throw new ConfigurationError(
      option,
      `has no effect on ${call}(…), which acts on the context around it: ${instead}`,
    );
  });
  return fastifyPlugin(plugin, { name, fastify });
}

/**
 * Refuses options of `app.register` of which nothing would come: for the ready of the app, as what a plugin rejects
 * with.
 */
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
