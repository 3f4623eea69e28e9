declare module "express-preconditions" {
  import type { Request, RequestHandler } from "express";

  /** What it has of its options in use here; it comes without types. */
  interface Options {
    readonly stateAsync: (request: Request) => Promise<{ readonly etag?: string; readonly lastModified?: string }>;
  }

  function preconditions(options: Options): RequestHandler;
  export = preconditions;
}
