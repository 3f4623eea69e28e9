import { createServer } from "node:http";
import express from "express";
import Fastify from "fastify";
import Koa from "koa";

/** Serves an Express app, sends it a request, and tells the status and the errors that its error handler got. */
export async function onExpress(setUp, sent) {
  const app = express();
  const errors = [];
  setUp(app);
  app.use((error, _request, response, _next) => {
    errors.push(error);
    response.status(500).end();
  });
  return answerOf(createServer(app), sent, errors);
}

/** The same of a Koa app. */
export async function onKoa(setUp, sent) {
  const app = new Koa();
  const errors = [];
  app.on("error", (error) => errors.push(error));
  setUp(app);
  return answerOf(createServer(app.callback()), sent, errors);
}

/** The same of a Fastify app. */
export async function onFastify(setUp, sent = {}) {
  const app = Fastify();
  const errors = [];
  app.setErrorHandler((error, _request, reply) => {
    errors.push(error);
    reply.code(500).send();
  });
  try {
    await setUp(app);
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address();
    return told(await ask(port, sent), errors);
  } finally {
    await app.close();
  }
}

/** The same of a listener of `node:http`; what throws there is a warning. */
export async function onNode(listener, sent) {
  return answerOf(createServer(listener), sent, []);
}

async function answerOf(server, sent, errors) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return told(await ask(server.address().port, sent), errors);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function ask(port, { path = "/", json, ...sent } = {}) {
  const content = json === undefined ? {} : { body: JSON.stringify(json) };
  const headers = { ...(json !== undefined && { "content-type": "application/json" }), ...sent.headers };
  const signal = AbortSignal.timeout(5_000);
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { ...sent, ...content, headers, signal });
  await answer.text();
  return answer.status;
}

function told(status, errors) {
  return [`status ${status}`, ...errors.map((error) => `${error.code}: ${error.message}`)].join("\n");
}
