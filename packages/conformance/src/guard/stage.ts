import { problemTypePrefix } from "@unclash/core";
import { createClient } from "../adapter/client.js";
import type { Message } from "../adapter/message.js";
import type { Trial } from "../adapter/trial.js";
import type { GuardedApp, GuardForm } from "./app.js";
import { assertGuarded } from "./invariants.js";
import type { Place } from "./place.js";
import { guardForms, type Standing, stand } from "./setup.js";
import { type SetupName, setups } from "./setups.js";
import type { GuardSuiteOptions } from "./suite-options.js";

/** The servers of one run of the suite. */
export interface Stage {
  readonly options: GuardSuiteOptions;
  /** A kind of resource in a form of guard, on the server that has all of them. */
  place(setup: SetupName, form: GuardForm): Promise<Place>;
  /** A server of a case's own. It is ended with the others. */
  serve(app: GuardedApp): Promise<Trial>;
  /** Has something ended with the servers, after them. */
  afterwards(end: () => Promise<void>): void;
  /** A name that no other case was given. */
  nextName(): string;
  /** Ends all that runs: the servers first. */
  close(): Promise<void>;
}

export function createStage(options: GuardSuiteOptions): Stage {
  const { patienceMs = 10_000 } = options;
  const ends: (() => Promise<void>)[] = [];
  const endsAfter: (() => Promise<void>)[] = [];
  let names = 0;
  let all: Promise<ReadonlyMap<string, Place>> | undefined;
  const nextName = (): string => `n${String(++names).padStart(3, "0")}`;

  async function serve(app: GuardedApp): Promise<Trial> {
    const served = await options.start(app);
    const client = (options.client ?? createClient)(served.url, patienceMs);
    ends.push(async () => {
      client.close();
      await served.close();
    });
    const sendTo: Trial["sendTo"] = async (method, path, message: Message = {}) => {
      const received = await client.send(method, path, message);
      if (message.foreign !== true) assertGuarded(received, problemTypePrefix);
      return received.answer;
    };
    return {
      origin: served.url,
      prefix: "",
      typePrefix: problemTypePrefix,
      patienceMs,
      sendTo,
      send: sendTo,
      nextName,
      identified: () => undefined,
    };
  }

  async function serveAll(): Promise<ReadonlyMap<string, Place>> {
    const standing = Object.entries(setups).flatMap(([name, setup]) =>
      [...guardForms, "none" as const].map((form) => [form, stand(name, setup, form)] as const),
    );
    const trial = await serve({ resources: standing.map(([, { resource }]) => resource) });
    return new Map(standing.map(([form, each]) => [each.prefix, placeOf(trial, form, each)]));
  }

  return {
    options,
    serve,
    nextName,
    async place(setup, form) {
      all ??= serveAll();
      const place = (await all).get(`/${form}/${setup}`);
      if (place === undefined) throw new TypeError(`There is no ${setup} in the form ${form}.`);
      return place;
    },
    afterwards: (end) => void endsAfter.push(end),
    async close() {
      await Promise.all(ends.splice(0).map((end) => end()));
      await Promise.all(endsAfter.splice(0).map((end) => end()));
    },
  };
}

/** A place for what stands on a server. */
export function placeOf(trial: Trial, form: GuardForm, { prefix, table, report }: Standing): Place {
  return {
    ...trial,
    prefix,
    form,
    table,
    report,
    send: (method, path, message) => trial.sendTo(method, prefix + path, message),
    row: (fields = { title: "A" }) => table.insert(trial.nextName(), fields),
  };
}
