import { guarded } from "@unclash/express";
import express from "express";
import { onExpress } from "./running.mjs";

export const load = () => ({ version: 1, value: { title: "Old" } });
export const handler = ({ res }) => res.end();
export const put = { method: "PUT", path: "/articles/1", headers: { "if-match": '"1"' }, json: { title: "New" } };

/** Serves one guarded PUT of an article. */
export const serve =
  (options, run, sent = put) =>
  () =>
    onExpress((app) => {
      app.use(express.json());
      app.put("/:kind/:id", guarded({ load, ...options }, run ?? handler));
    }, sent);
