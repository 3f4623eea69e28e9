import { brotliDecompress, gunzip, type InputType, inflate, type ZlibOptions } from "node:zlib";

/** A content coding that request bodies may have. */
export type Decoding = "gzip" | "deflate" | "br";

type Decoder = (input: InputType, options: ZlibOptions, done: (error: Error | null, result: Buffer) => void) => void;

const decoders: Readonly<Record<Decoding, Decoder>> = { gzip: gunzip, deflate: inflate, br: brotliDecompress };

export type Decoded =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "too-large" }
  | { readonly kind: "malformed" };

/** Undoes a content coding; stops as soon as more than `bytesMax` bytes came out. */
export function decode(coding: Decoding, bytes: Buffer, bytesMax: number): Promise<Decoded> {
  return new Promise((resolve) => {
    decoders[coding](bytes, { maxOutputLength: bytesMax }, (error, result) => {
      if (error === null) resolve({ kind: "bytes", bytes: result });
      else resolve({ kind: "code" in error && error.code === "ERR_BUFFER_TOO_LARGE" ? "too-large" : "malformed" });
    });
  });
}
