import type { GuardOptions, GuardReport, LoadedState } from "unclash";
import type { GuardedResource, GuardedRoute, GuardForm, Method, PlainHandler, PlainRequest } from "./app.js";
import { articleHandlers } from "./article-handlers.js";
import { createTable, type Row, type Table, type VersionOf } from "./table.js";

/** The forms in which something is guarded at all. */
export const guardForms = ["guarded", "guard", "check"] as const;

/** The options of a guard, but for `load`. */
export type SetupOptions = Omit<GuardOptions<PlainRequest, LoadedState>, "load">;

/** A kind of resource, before it stands in a form of guard. */
export interface Setup {
  /** What a row has for a version. @default its counter */
  readonly version?: VersionOf;
  /** Whether its guard has no `load`. @default false */
  readonly unloaded?: boolean;
  /** What else its state holds. */
  readonly state?: (row: Row) => Partial<LoadedState>;
  readonly options?: (table: Table) => SetupOptions;
  readonly outer?: (table: Table) => GuardOptions<PlainRequest, LoadedState>;
  /** In place of the usual ones. */
  readonly handlers?: (table: Table) => Partial<Record<Method, PlainHandler>>;
  /** On the path without `:id`. */
  readonly listHandlers?: (table: Table) => Partial<Record<Method, PlainHandler>>;
}

/** A setup that stands in a form: what the app is made with, and what its cases look at. */
export interface Standing {
  readonly resource: GuardedResource;
  readonly prefix: string;
  readonly table: Table;
  /** What the guard reports; only the form `guard` has it. */
  report(): GuardReport | undefined;
}

/** @param table in place of one of its own, which it then shares */
export function stand(
  name: string,
  setup: Setup,
  form: GuardForm,
  table: Table = createTable(setup.version ?? (({ version }) => version), setup.state),
): Standing {
  const prefix = `/${form}/${name}`;
  const routes = [
    ...routesAt(`${prefix}/:id`, (setup.handlers ?? articleHandlers)(table)),
    ...routesAt(prefix, setup.listHandlers?.(table) ?? {}),
  ];
  let report: (() => GuardReport) | undefined;
  const outer = setup.outer?.(table);
  return {
    table,
    prefix,
    report: () => report?.(),
    resource: {
      form,
      options: {
        ...(setup.unloaded !== true && { load: ({ id }: PlainRequest) => table.load(id) }),
        ...setup.options?.(table),
      },
      ...(outer && { outer }),
      routes,
      reports: (given) => {
        report = given;
      },
    },
  };
}

function routesAt(path: string, handlers: Partial<Record<Method, PlainHandler>>): readonly GuardedRoute[] {
  const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
  return methods.flatMap((method) => {
    const handler = handlers[method];
    return handler === undefined ? [] : [{ method, path, handler }];
  });
}
