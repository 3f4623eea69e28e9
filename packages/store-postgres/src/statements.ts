import { type PostgresQuery, textQuery } from "./driver.js";
import { hashOf } from "./hash.js";
import { type FunctionName, functionNames } from "./sql/names.js";

/**
 * The calls of the functions that the migration installed. Each is one statement, so one round trip and one
 * transaction.
 */
export class Statements {
  readonly #schema: string;
  readonly #prepared: boolean;
  readonly #texts = new Map<string, string>();

  constructor(schema: string, prepared: boolean) {
    this.#schema = schema;
    this.#prepared = prepared;
  }

  /** Calls a function that gives rows. */
  call(name: FunctionName, values: PostgresQuery["values"]): PostgresQuery {
    return this.#query(name, "* FROM ", values);
  }

  /** Calls a function that gives one text. */
  callForText(name: FunctionName, values: PostgresQuery["values"]): PostgresQuery {
    return this.#query(name, "", values);
  }

  #query(name: FunctionName, from: string, values: PostgresQuery["values"]): PostgresQuery {
    const text = this.#texts.get(name) ?? this.#text(name, from, values.length);
    return textQuery(text, values, this.#prepared ? this.#nameOf(functionNames[name]) : undefined);
  }

  #text(name: FunctionName, from: string, count: number): string {
    const places = Array.from({ length: count }, (_, at) => `$${at + 1}`).join(", ");
    const text = `SELECT ${from}"${this.#schema}".${functionNames[name]}(${places})`;
    this.#texts.set(name, text);
    return text;
  }

  // Schemas have at most 48 characters: with one of that length, a long name of a function does not fit as it is.
  #nameOf(called: string): string {
    const name = `${this.#schema}.${called}`;
    return name.length <= preparedNameMax ? name : `${this.#schema}.${hashOf(called, 0).toString(36)}`;
  }
}

// The server reads no more of the name of a prepared statement.
const preparedNameMax = 63;
