import { CallbackError, ConfigurationError } from "@unclash/core";
import { evaluatePointer, formatPointer, type JsonObject, parsePointer } from "@unclash/core/json";
import {
  checkOptions,
  describeValue,
  isFunction,
  isPromise,
  nearestName,
  type OptionRule,
  type OptionRules,
  required,
} from "@unclash/core/options";
import { wrongResult } from "../options/callback-result.js";
import { type ApiVersions, unknownVersion, versionsMax } from "./api-versions.js";
import { isSchema, type Schema } from "./schema.js";
import { type SchemaFields, schemaFields } from "./schema-fields.js";
import { inverted, type Rename, rename, resolveRenames } from "./shape-renames.js";
import type { FittingSteps, ShapeStep, StepOptions } from "./shape-step.js";
import { storedFields } from "./stored-json.js";

/** What a collection's steps are made of. */
export interface ShapeOptions<S extends Schema, Steps extends readonly ShapeStep[]> {
  readonly api: ApiVersions;
  /** The collection's schema: the newest shape. */
  readonly schema: S;
  readonly steps: Steps & FittingSteps<Steps, S>;
  /** The members of a representation that are no fields. */
  readonly ownMembers: readonly string[];
}

/**
 * Joins the steps of a collection.
 *
 * @param path where they stand: `collections.articles.apiVersions`
 * @throws ConfigurationError that names the first option that can't be
 */
export function resolveShapes<S extends Schema, const Steps extends readonly ShapeStep[]>(
  path: string,
  options: ShapeOptions<S, Steps>,
): ShapeChain {
  const { api, schema, steps, ownMembers } = options;
  if (!Array.isArray(steps)) throw new ConfigurationError(path, `must be an array, and is ${describeValue(steps)}`);
  const checked = steps.map((step: unknown, at) => checkStep(path, `${path}[${at}]`, step, api));
  for (const [at, { option, number, options: step }] of checked.entries()) {
    const next = checked[at + 1];
    if (next !== undefined && next.number <= number) {
      throw new ConfigurationError(next.option, "must stand before later steps, and once: the oldest step comes first");
    }
    if (step.to !== (next?.options.from ?? schema)) {
      const wanted = next === undefined ? "the collection's `schema`" : `the \`from\` of ${next.option}`;
      throw new ConfigurationError(`${option}.to`, `must be ${wanted}, the very same one`);
    }
    const own = ownMembers.find((name) => schemaFields(step.from)?.names.has(name));
    if (own !== undefined) {
      throw new ConfigurationError(`${option}.from`, `must not declare "${own}", which is unclash's own: leave it out`);
    }
  }
  const links = checked.map(({ option, number, options: { from, to, ...step } }): readonly [number, Link] => {
    const renames = resolveRenames(`${option}.renames`, step.renames ?? {});
    for (const { from: before, to: after } of renames) {
      checkRenamed(`${option}.renames`, "from", schemaFields(from), before);
      checkRenamed(`${option}.renames`, "to", schemaFields(to), after);
    }
    const target = { up: { name: "to", known: schemaFields(to) }, down: { name: "from", known: schemaFields(from) } };
    const up = checkedConversion(`${option}.up`, (fields) => step.up(fields), target.up, ownMembers);
    const down = checkedConversion(`${option}.down`, (fields) => step.down(fields), target.down, ownMembers);
    const link: Link = {
      schema: { option: `${option}.from`, schema: from },
      up: { convert: up, renames, known: target.up.known },
      down: { convert: down, renames: inverted(renames), known: target.down.known },
    };
    return [number, link];
  });
  const newest = { number: api.versions.length, option: path.replace(/[^.]*$/, "schema"), schema };
  const stored = api.offered.at(-1)?.number ?? newest.number;
  return new ShapeChain({ newest, stored, ownMembers }, new Map(links));
}

/** Refuses a pointer that no field of its shape begins, as far as the schema can be looked into. */
function checkRenamed(option: string, side: "from" | "to", known: SchemaFields | undefined, tokens: readonly string[]) {
  if (known === undefined || known.isOpen || isDeclared(known, tokens)) return;
  const problem = `must lead from fields of \`from\` to fields of \`to\`, and ${formatPointer(tokens)}`;
  throw new ConfigurationError(option, `${problem} is none of \`${side}\``);
}

interface CheckedStep {
  /** `collections.articles.apiVersions.v1` */
  readonly option: string;
  /** Of the API version that it leads from. */
  readonly number: number;
  readonly options: StepOptions<Schema, Schema>;
}

const isStepSchema: OptionRule = (value) => (isSchema(value) ? undefined : "must be a Standard Schema");

const stepRules: OptionRules<StepOptions<Schema, Schema>> = {
  from: required(isStepSchema),
  to: required(isStepSchema),
  up: required(isFunction),
  down: required(isFunction),
  renames: () => undefined,
};

function checkStep(path: string, place: string, given: unknown, { versions }: ApiVersions): CheckedStep {
  checkOptions<ShapeStep>(place, given, {
    before: required(() => undefined),
    after: required(() => undefined),
    options: required(() => undefined),
  });
  const { before, after, options } = given;
  const known = versions.find((version) => version.name === before);
  if (known === undefined) throw new ConfigurationError(place, unknownVersion(before, versions));
  const option = `${path}.${before}`;
  if (versions[known.number]?.name !== after) {
    const next = versions[known.number]?.name;
    const problem = next === undefined ? `is the newest: no step leads on from it` : `must lead to ${next}`;
    throw new ConfigurationError(option, `${problem}, and leads to ${describeValue(after)}`);
  }
  checkOptions<StepOptions<Schema, Schema>>(option, options, stepRules);
  return { option, number: known.number, options };
}

type Conversion = (fields: JsonObject) => JsonObject;

/** One way between two shapes. */
interface Way {
  readonly convert: Conversion;
  readonly renames: readonly Rename[];
  /** The fields of the shape that it leads to. */
  readonly known: SchemaFields | undefined;
}

/** A schema, and the path of the option that it is. */
export interface SchemaOfShape {
  readonly option: string;
  readonly schema: Schema;
}

interface Link {
  /** Of the shape that it leads up from. */
  readonly schema: SchemaOfShape;
  readonly up: Way;
  readonly down: Way;
}

/** The schema that a conversion leads to: the option's name, and its fields as far as they can be seen. */
interface Target {
  readonly name: string;
  readonly known: SchemaFields | undefined;
}

/**
 * Gives a copy to a function of the app's, and holds what it returns against what can be stored, and against the names
 * of its schema. A name that was there before is let through: older states may hold what no schema declares any more.
 */
function checkedConversion(
  callback: string,
  convert: (fields: JsonObject) => unknown,
  { name: schema, known }: Target,
  ownMembers: readonly string[],
): Conversion {
  return (fields) => {
    let result: unknown;
    try {
      result = convert(structuredClone(fields));
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : describeValue(cause);
      throw new CallbackError(callback, `must convert any fields of its shape, and threw: ${said}`, { cause });
    }
    if (isPromise(result)) throw wrongResult(callback, "a plain object", result);
    const converted = storedFields(callback, result);
    const own = ownMembers.find((name) => Object.hasOwn(converted, name));
    if (own !== undefined) throw new CallbackError(callback, `must return fields alone, and "${own}" is unclash's own`);
    if (known === undefined || known.isOpen) return converted;
    const made = Object.keys(converted).find((name) => !known.names.has(name) && !Object.hasOwn(fields, name));
    if (made === undefined) return converted;
    const nearest = nearestName(made, [...known.names]);
    const hint = nearest === undefined ? "" : `. Did you mean \`${nearest}\`?`;
    throw new CallbackError(callback, `must return fields of \`${schema}\`, and "${made}" is none${hint}`);
  };
}

/** What a chain is made of besides its links. */
interface ShapesOfChain {
  readonly newest: SchemaOfShape & { readonly number: number };
  readonly stored: number;
  /** The members of a representation that are no fields. */
  readonly ownMembers: readonly string[];
}

/**
 * The shapes of a collection, one for each API version, and the ways between them. Two versions with no step between
 * them have one shape. Shapes have the numbers of their API versions; any other number is a `RangeError`.
 */
export class ShapeChain {
  /** The number of the newest shape: that of the collection's schema, in which the app's functions see fields. */
  readonly newest: number;
  /** The number of the shape in which new states are stored: the newest one that is not upcoming. */
  readonly stored: number;
  readonly #newestSchema: SchemaOfShape;
  readonly #links: ReadonlyMap<number, Link>;
  readonly #ownMembers: readonly string[];
  readonly #known = new Map<number, readonly Way[]>();

  constructor({ newest, stored, ownMembers }: ShapesOfChain, links: ReadonlyMap<number, Link>) {
    this.newest = newest.number;
    this.stored = stored;
    this.#newestSchema = newest;
    this.#links = links;
    this.#ownMembers = ownMembers;
  }

  /** What content in the shape of an API version must be. */
  schemaOf(shape: number): SchemaOfShape {
    for (let at = shape; at < this.newest; at += 1) {
      const link = this.#links.get(at);
      if (link !== undefined) return link.schema;
    }
    return this.#newestSchema;
  }

  /** Whether fields are the same in both shapes, so that nothing has to be converted. */
  isSame(from: number, to: number): boolean {
    return this.#ways(from, to).length === 0;
  }

  /**
   * Converts fields from one shape to another, step by step.
   *
   * @throws CallbackError from what the app's `up` or `down` threw, or returned
   */
  convert(fields: JsonObject, from: number, to: number): JsonObject {
    return this.#ways(from, to).reduce((before, { convert }) => convert(before), fields);
  }

  /**
   * What a JSON Pointer into fields of one shape is in another. Where that shape has no such place, it is the nearest
   * one above that it has, or `""`. Members that are unclash's own have one name in all shapes.
   *
   * @param within fields in that other shape: they say what is there where its schema does not
   */
  renamePointer(pointer: string, from: number, to: number, within: JsonObject): string {
    const parsed = parsePointer(pointer);
    if (parsed.kind === "malformed") throw new TypeError(parsed.detail);
    const ways = this.#ways(from, to);
    const [first] = parsed.tokens;
    if (ways.length === 0 || first === undefined || this.#ownMembers.includes(first)) return pointer;
    let tokens = parsed.tokens;
    for (const { renames, known } of ways) {
      tokens = rename(tokens, renames);
      if (!isDeclared(known, tokens) && known?.isOpen === false) tokens = [];
    }
    const floor = isDeclared(ways.at(-1)?.known, tokens) ? 1 : 0;
    while (tokens.length > floor && evaluatePointer(within, tokens) === undefined) tokens = tokens.slice(0, -1);
    return formatPointer(tokens);
  }

  /** The ways from one shape to another, in order. Every read asks for them, so they are put together once. */
  #ways(from: number, to: number): readonly Way[] {
    const pair = from * (versionsMax + 1) + to;
    const known = this.#known.get(pair);
    if (known !== undefined) return known;
    const ways = this.#waysBetween(from, to);
    this.#known.set(pair, ways);
    return ways;
  }

  #waysBetween(from: number, to: number): readonly Way[] {
    for (const shape of [from, to]) {
      if (!(Number.isInteger(shape) && shape >= 1 && shape <= this.newest)) throw new RangeError(`No shape ${shape}.`);
    }
    const ways: Way[] = [];
    for (let at = from; at < to; at += 1) {
      const link = this.#links.get(at);
      if (link !== undefined) ways.push(link.up);
    }
    for (let at = from - 1; at >= to; at -= 1) {
      const link = this.#links.get(at);
      if (link !== undefined) ways.push(link.down);
    }
    return ways;
  }
}

/** Whether a pointer leads to a field that a schema is known to have, or into one. */
function isDeclared(known: SchemaFields | undefined, tokens: readonly string[]): boolean {
  const [first] = tokens;
  return first !== undefined && known?.names.has(first) === true;
}
