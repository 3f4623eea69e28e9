import { type MergeCase, mergeCases } from "./table.test-support.js";

/** `null` is a value and no absence; a number is not its text; kinds are not converted. */
export const kindCases: readonly MergeCase[] = mergeCases(String.raw`
null stays null                                 | {a:null}  | {a:null}      | {a:null}      | {a:null}
mine set null                                   | {a:1}     | {a:null}      | {a:1}         | {a:null}
theirs set null                                 | {a:1}     | {a:1}         | {a:null}      | {a:null}
both set null                                   | {a:1}     | {a:null}      | {a:null}      | {a:null}
mine set null, theirs another value             | {a:1}     | {a:null}      | {a:2}         | {a:2}         | /a
mine set null, theirs another member            | {a:1,b:1} | {a:null,b:1}  | {a:1,b:2}     | {a:null,b:2}
mine set null, theirs removed it                | {a:1}     | {a:null}      | {}            | {}            | /a
mine removed it, theirs set null                | {a:1}     | {}            | {a:null}      | {a:null}      | /a
mine removed a null                             | {a:null}  | {}            | {a:null}      | {}
mine removed a null, theirs set it              | {a:null}  | {}            | {a:1}         | {a:1}         | /a
both set what was null                          | {a:null}  | {a:1}         | {a:2}         | {a:2}         | /a
both set what was null, to the same             | {a:null}  | {a:1}         | {a:1}         | {a:1}
mine added null                                 | {}        | {a:null}      | {}            | {a:null}
mine added null, theirs a value                 | {}        | {a:null}      | {a:1}         | {a:1}         | /a
both added null                                 | {}        | {a:null}      | {a:null}      | {a:null}
both made an object of null                     | {a:null}  | {a:{x:1}}     | {a:{y:2}}     | {a:{y:2}}     | /a
mine made null of an object, theirs changed it  | {a:{x:1}} | {a:null}      | {a:{x:2}}     | {a:{x:2}}     | /a
mine made null of an array, theirs changed it   | {a:[1]}   | {a:null}      | {a:[1,2]}     | {a:[1,2]}     | /a
a whole that mine made null                     | 1         | null          | 1             | null
a whole that theirs made null                   | 1         | 1             | null          | null
a whole null, changed by theirs                 | null      | null          | 1             | 1
a whole made null, changed by theirs            | 1         | null          | 2             | 2             | (all)
null among items                                | [null,1]  | [null,1,null] | [null,1]      | [null,1,null]
mine made a text of a number                    | {a:1}     | {a:"1"}       | {a:1}         | {a:"1"}
a number is not its text, in the base           | {a:1}     | {a:"1"}       | {a:2}         | {a:2}         | /a
a number is not its text, in a change           | {a:0}     | {a:1}         | {a:"1"}       | {a:"1"}       | /a
1 and 1.0 are one number                        | {a:1}     | {a:1.0}       | {a:2}         | {a:2}
100 and 1e2 are one number                      | {a:0}     | {a:100}       | {a:1e2}       | {a:100}
0 and -0 are one number                         | {a:0}     | {a:-0}        | {a:5}         | {a:5}
true is not its text                            | {a:0}     | {a:true}      | {a:"true"}    | {a:"true"}    | /a
0 is not false                                  | {a:1}     | {a:0}         | {a:false}     | {a:false}     | /a
an empty text is not null                       | {a:"x"}   | {a:""}        | {a:null}      | {a:null}      | /a
an empty text is not absent                     | {a:"x"}   | {a:""}        | {}            | {}            | /a
0 is not absent                                 | {a:1}     | {a:0}         | {}            | {}            | /a
false is not absent                             | {a:true}  | {a:false}     | {}            | {}            | /a
an empty array is not absent                    | {a:[1]}   | {a:[]}        | {}            | {}            | /a
an empty object is not absent                   | {a:{x:1}} | {a:{}}        | {}            | {}            | /a
an empty object is not an empty array           | {a:1}     | {a:{}}        | {a:[]}        | {a:[]}        | /a
both made an empty object of it                 | {a:1}     | {a:{}}        | {a:{}}        | {a:{}}
case and blanks count in a text                 | {a:"x"}   | {a:"X"}       | {a:"x "}      | {a:"x "}      | /a
letters and their composed forms differ         | {a:""}    | {a:"\u00e9"}  | {a:"e\u0301"} | {a:"e\u0301"} | /a
mine made an object, theirs changed another     | {a:1,b:1} | {a:{x:1},b:1} | {a:1,b:2}     | {a:{x:1},b:2}
mine made an array, theirs changed its members  | {a:{x:1}} | {a:[1]}       | {a:{x:2}}     | {a:{x:2}}     | /a
a whole number, changed by mine                 | 1         | 2             | 1             | 2
a whole number, changed by both                 | 1         | 2             | 3             | 3             | (all)
a whole text, changed to the same               | "a"       | "b"           | "b"           | "b"
a whole that mine made an array                 | {a:1}     | [1]           | {a:1}         | [1]
a whole that mine made an array, theirs changed | {a:1}     | [1]           | {a:2}         | {a:2}         | (all)
`);
