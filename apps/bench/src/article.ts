import { z } from "zod";

const comment = z.object({
  author: z.string(),
  postedAt: z.string(),
  text: z.string(),
  likes: z.int(),
  replies: z.array(z.object({ author: z.string(), text: z.string() })),
});

/** What every server here checks a PUT's body with. */
export const articleSchema = z.object({
  title: z.string(),
  author: z.object({ name: z.string(), email: z.string() }),
  language: z.string(),
  tags: z.array(z.string()),
  status: z.enum(["draft", "published"]),
  body: z.string(),
  comments: z.array(comment),
});

export type Article = z.infer<typeof articleSchema>;

/** The sizes of the documents, as JSON. */
export type Size = "1 KB" | "64 KB";

export const sizes: readonly Size[] = ["1 KB", "64 KB"];

const sentences = [
  "The café on the corner opens at six, and by half past there is no table left.",
  "Nobody had asked for the ferry to leave early — but it did.",
  "She paid 4.50 € for a coffee that was mostly foam.",
  'He said "it can\'t be that hard", and so it was.',
  "In Kraków the trams ring twice before they turn, in Zürich not at all.",
  "What is written down in a hurry is read at leisure.",
  "The second edition corrects the map on page 12; the third one corrects the correction.",
];

const names = ["Zoë Müller", "Ada Okafor", "José García", "Tom Baker", "Ngọc Trần"];

/** An article of nearly this size, with text as people write it: not all of it ASCII. Always the same one. */
export function articleOf(size: Size): Article {
  const bytes = size === "1 KB" ? 1_024 : 65_536;
  const comments = Array.from({ length: Math.round(bytes / 512) }, (_, at) => commentAt(at));
  const article: Article = {
    title: "Notes on a journey by train",
    author: { name: nth(names, 0), email: "zoe@example.org" },
    language: "en",
    tags: ["travel", "trains", "coffee"],
    status: "published",
    body: nth(sentences, 0),
    comments,
  };
  for (let at = 1, left = bytes - jsonBytes(article); left > 90; at++) {
    const more = `${at % 6 === 0 ? "\n\n" : " "}${nth(sentences, at)}`;
    article.body += more;
    left -= jsonBytes(more) - 2;
  }
  return article;
}

/** The text of the same article with another title each time, and always of the same length. */
export function editsOf(size: Size): (edit: number) => string {
  const [head, tail] = JSON.stringify({ ...articleOf(size), title: "Notes, edit %" }).split("%", 2);
  return (edit) => head + digitsOf(edit) + tail;
}

let edits = 0;

/** The same as bytes, in one buffer that is changed: it may be sent again once the last answer is there. */
export class EditedBytes {
  readonly #bytes: Buffer;
  readonly #at: number;

  constructor(size: Size) {
    this.#bytes = Buffer.from(editsOf(size)(0));
    this.#at = this.#bytes.indexOf(digitsOf(0));
  }

  next(): Buffer {
    this.#bytes.write(digitsOf(++edits), this.#at, "latin1");
    return this.#bytes;
  }
}

function digitsOf(edit: number): string {
  return String(edit).padStart(8, "0");
}

function jsonBytes(value: Article | string): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function commentAt(at: number): Article["comments"][number] {
  return {
    author: nth(names, at),
    postedAt: new Date(Date.UTC(2026, 0, 1, 8, at)).toISOString(),
    text: nth(sentences, at + 3),
    likes: at % 17,
    replies: at % 3 === 0 ? [{ author: nth(names, at + 1), text: nth(sentences, at + 5) }] : [],
  };
}

function nth(list: readonly string[], at: number): string {
  return list[at % list.length] ?? "";
}
