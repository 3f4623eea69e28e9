import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonForm, Schema } from "./schema.js";

/** The fields of a resource in the shape of a schema, as they are stored: of a Date, its text. */
type FieldsOf<S extends Schema> = JsonForm<StandardSchemaV1.InferOutput<S>>;

/** A name as it stands in a JSON Pointer (RFC 6901 §3). */
type Escaped<Name extends string> = EscapedSlashes<EscapedTildes<Name>>;
type EscapedTildes<Name extends string> = Name extends `${infer Before}~${infer After}`
  ? `${Before}~0${EscapedTildes<After>}`
  : Name;
type EscapedSlashes<Name extends string> = Name extends `${infer Before}/${infer After}`
  ? `${Before}~1${EscapedSlashes<After>}`
  : Name;

/** The JSON Pointers to a schema's fields, and to what lies in them. */
type PointerInto<S extends Schema> =
  | `/${Escaped<Extract<keyof StandardSchemaV1.InferOutput<S>, string>>}`
  | `/${Escaped<Extract<keyof StandardSchemaV1.InferOutput<S>, string>>}/${string}`;

/** How the shape of a collection's resources changed from one API version to the next. */
export interface StepOptions<From extends Schema, To extends Schema> {
  /** What content in the earlier version must be. */
  readonly from: From;
  /** The schema that comes next: the `from` of the next step or, in the last one, the collection's `schema`. */
  readonly to: To;
  /**
   * Makes the later shape of the earlier one. It is given a copy, which it may change, and returns the fields at once:
   * it can't be async. The same fields must always give the same: no clock, no new id.
   */
  up(fields: FieldsOf<From>): FieldsOf<To>;
  /** Makes the earlier shape of the later one, in the same way. What the earlier one has no place for is left out. */
  down(fields: FieldsOf<To>): FieldsOf<From>;
  /**
   * JSON Pointers of the earlier shape, and what they are in the later one, so that problems name fields as the caller
   * knows them. What lies inside moves along. `*` stands for any item of an array, as often on the one side as on the
   * other. @default {}
   */
  readonly renames?: { readonly [Pointer in PointerInto<From>]?: PointerInto<To> };
}

/** A step between the shapes of two API versions. */
export interface ShapeStep<From extends Schema = Schema, To extends Schema = Schema> {
  /** The API version that it leads from. */
  readonly before: string;
  /** The one after it. */
  readonly after: string;
  readonly options: StepOptions<From, To>;
}

/**
 * The steps of a collection, where each leads to the schema that the next one begins with, and the last to `S`. In
 * place of a step that does not, a text, so that an editor shows what is wrong.
 */
export type FittingSteps<Steps extends readonly ShapeStep[], S extends Schema> = Steps extends readonly [
  infer Step extends ShapeStep,
  ...infer Others extends readonly ShapeStep[],
]
  ? readonly [
      Step["options"]["to"] extends NextSchema<Others, S> ? Step : Unfitting<Others>,
      ...FittingSteps<Others, S>,
    ]
  : Steps;

type NextSchema<Others extends readonly ShapeStep[], S extends Schema> = Others extends readonly [
  infer Next extends ShapeStep,
  ...(readonly ShapeStep[]),
]
  ? Next["options"]["from"]
  : S;

type Unfitting<Others extends readonly ShapeStep[]> = Others extends readonly []
  ? "its `to` must be the collection's `schema`"
  : "its `to` must be the `from` of the next step";
