import type { Context, Middleware } from "koa";

/** What koa-bodyparser does: reads JSON, and leaves the value where it is looked for; an empty object for all else. */
export const parseBodies: Middleware = async (context, next) => {
  const parsed = context.is("json", "+json") ? await readJson(context) : {};
  Object.assign(context.request, { body: parsed });
  await next();
};

async function readJson(context: Context): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of context.req) chunks.push(chunk);
  const content = Buffer.concat(chunks);
  if (content.length > 1_048_576) context.throw(413);
  try {
    return content.length === 0 ? {} : JSON.parse(content.toString("utf8"));
  } catch (error) {
    throw Object.assign(Object(error), { status: 400 });
  }
}
