import { type MergeCase, mergeCases } from "./table.test-support.js";

/** The policy `text`: by lines, as diff3. */
export const textCases: readonly MergeCase[] = [
  ...mergeCases(
    String.raw`
mine changed a line                                | "a\nb"      | "A\nb"      | "a\nb"       | "A\nb"
each changed another line                          | "a\nb\nc"   | "A\nb\nc"   | "a\nb\nC"    | "A\nb\nC"
both changed a line, the same                      | "a\nb"      | "A\nb"      | "A\nb"       | "A\nb"
both changed a line, each in its way               | "a\nb"      | "x\nb"      | "y\nb"       | "y\nb"       | (all)
both changed one alike, and each another | "a\nb\nc\nd\ne" | "X\nb\nC\nd\ne" | "a\nb\nC\nd\nY" | "X\nb\nC\nd\nY"
each changed another line, side by side            | "a\nb"      | "A\nb"      | "a\nB"       | "a\nB"       | (all)
each changed another word of one line              | "one two"   | "ONE two"   | "one TWO"    | "one TWO"    | (all)
mine appended, theirs put one before               | "b"         | "b\nc"      | "a\nb"       | "a\nb\nc"
both appended                                      | "a"         | "a\nb"      | "a\nc"       | "a\nc"       | (all)
both appended the same                             | "a"         | "a\nb"      | "a\nb"       | "a\nb"
both put one in, at other places                   | "a\nb\nc"   | "a\nx\nb\nc" | "a\nb\ny\nc" | "a\nx\nb\ny\nc"
both put in an empty line, at other places         | "a\nb\nc"   | "a\n\nb\nc" | "a\nb\n\nc"  | "a\n\nb\n\nc"
mine removed a line, theirs changed another        | "a\nb\nc"   | "b\nc"      | "a\nb\nC"    | "b\nC"
mine removed a line that theirs changed            | "a\nb\nc"   | "a\nc"      | "a\nB\nc"    | "a\nB\nc"    | (all)
each removed another line                          | "a\nb\nc"   | "b\nc"      | "a\nb"       | "b"
each removed another line, side by side            | "a\nb\nc"   | "a\nc"      | "a\nb"       | "a\nb"       | (all)
mine put one in next to a line that theirs changed | "a\nb"      | "a\nx\nb"   | "a\nB"       | "a\nB"       | (all)
mine ended the last line, theirs changed the first | "a\nb\nc"   | "a\nb\nc\n" | "A\nb\nc"    | "A\nb\nc\n"
a last line with its end, and one more after it    | "a\n"       | "a\nb\n"    | "z\na\n"     | "z\na\nb\n"
lines that are equal                               | "x\nx\nx"   | "x\nx"      | "y\nx\nx\nx" | "y\nx\nx"
mine moved a line, theirs changed another          | "a\nb\nc\nd" | "b\nc\na\nd" | "a\nb\nC\nd" | "a\nb\nC\nd" | (all)
mine moved a line, theirs changed one farther off | "a\nb\nc\nd\ne" | "b\na\nc\nd\ne"
  | "a\nb\nc\nd\nE" | "b\na\nc\nd\nE"
paragraphs, each another                           | "p\n\nq"    | "P\n\nq"    | "p\n\nQ"     | "P\n\nQ"
line breaks of two characters                      | "a\r\nb\r\nc" | "A\r\nb\r\nc" | "a\r\nb\r\nC" | "A\r\nb\r\nC"
mine changed all line breaks, theirs a line        | "a\nb\nc"   | "a\r\nb\r\nc" | "a\nB\nc"    | "a\nB\nc"    | (all)
mine emptied it, theirs changed it                 | "a\nb"      | ""          | "a\nB"       | "a\nB"       | (all)
both wrote into an empty text                      | ""          | "a"         | "b"          | "b"          | (all)
both emptied it                                    | "a\nb"      | ""          | ""           | ""
mine made a number of it                           | "a\nb"      | 5           | "a\nB"       | "a\nB"       | (all)
mine made null of it                               | "a\nb"      | null        | "a\nB"       | "a\nB"       | (all)
`,
    { policies: { "": "text" } },
  ),
  ...mergeCases(
    String.raw`
a text in a member, each another line | {t:"a\nb\nc",n:1} | {t:"A\nb\nc",n:2} | {t:"a\nb\nC",n:1} | {t:"A\nb\nC",n:2}
mine removed the text that theirs changed | {t:"a\nb"}    | {}            | {t:"a\nB"}    | {t:"a\nB"}    | /t
theirs removed the text that mine changed | {t:"a\nb"}    | {t:"A\nb"}    | {}            | {}            | /t
both added a text                         | {}            | {t:"a\nb"}    | {t:"a\nc"}    | {t:"a\nc"}    | /t
another text, which has no policy         | {u:"a\nb\nc"} | {u:"A\nb\nc"} | {u:"a\nb\nC"} | {u:"a\nb\nC"} | /u
`,
    { policies: { "/t": "text" } },
  ),
];
