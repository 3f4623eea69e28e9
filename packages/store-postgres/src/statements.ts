import { type PostgresQuery, textQuery } from "./driver.js";

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
  call(name: string, values: PostgresQuery["values"]): PostgresQuery {
    return this.#query(name, "* FROM ", values);
  }

  /** Calls a function that gives one text. */
  callForText(name: string, values: PostgresQuery["values"]): PostgresQuery {
    return this.#query(name, "", values);
  }

  #query(name: string, from: string, values: PostgresQuery["values"]): PostgresQuery {
    const text = this.#texts.get(name) ?? this.#text(name, from, values.length);
    // The server reads 63 bytes of a name: with a schema of 48, no more than this fits.
    return textQuery(text, values, this.#prepared ? `${this.#schema}.${name}` : undefined);
  }

  #text(name: string, from: string, count: number): string {
    const places = Array.from({ length: count }, (_, at) => `$${at + 1}`).join(", ");
    const text = `SELECT ${from}"${this.#schema}".${name}(${places})`;
    this.#texts.set(name, text);
    return text;
  }
}
