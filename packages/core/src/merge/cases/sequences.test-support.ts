import { type MergeCase, mergeCases } from "./table.test-support.js";

/** Arrays of items without an `id`: merged where that is safe, else one value. */
export const sequenceCases: readonly MergeCase[] = mergeCases(`
mine added at the end                            | [1,2]        | [1,2,3]      | [1,2]        | [1,2,3]
each added at another end                        | [1,2]        | [1,2,3]      | [0,1,2]      | [0,1,2,3]
each added elsewhere, inside                     | [1,2,3]      | [1,7,2,3]    | [1,2,8,3]    | [1,7,2,8,3]
both added at one place                          | [1]          | [1,2]        | [1,3]        | [1,3]        | (all)
both added at the front                          | [1]          | [2,1]        | [3,1]        | [3,1]        | (all)
both added to an empty array                     | []           | [1]          | [2]          | [2]          | (all)
both added the same at one place                 | [1]          | [1,2]        | [1,2]        | [1,2]
both added the same, theirs one more             | [1]          | [1,2]        | [1,2,3]      | [1,2,3]      | (all)
both added the same at other places              | [1]          | [7,1]        | [1,7]        | [1,7]        | (all)
both added the same here, and each another there | [1,2]        | [0,1,2,5]    | [0,1,8,2]    | [0,1,8,2,5]
mine removed one                                 | [1,2,3]      | [1,3]        | [1,2,3]      | [1,3]
both removed the same                            | [1,2,3]      | [1,3]        | [1,3]        | [1,3]
each removed another                             | [1,2,3]      | [2,3]        | [1,2]        | [2]
each removed another, side by side               | [1,2,3]      | [1,2]        | [1,3]        | [1]
what they removed overlaps                       | [1,2,3,4]    | [1,4]        | [1,2]        | [1]
mine removed what theirs removed in part         | [1,2,3,4]    | [4]          | [1,3,4]      | [4]
both removed all                                 | [1,2]        | []           | []           | []
mine removed one, theirs added at the end        | [1,2]        | [2]          | [1,2,3]      | [2,3]
mine removed one, theirs added just before it    | [1,2]        | [1]          | [1,9,2]      | [1,9]
mine removed all, theirs added at the end        | [1,2]        | []           | [1,2,3]      | [3]
mine removed all, theirs added in the midst      | [1,2]        | []           | [1,9,2]      | [1,9,2]      | (all)
mine removed a part into which theirs added      | [1,2,3,4]    | [1,4]        | [1,2,9,3,4]  | [1,2,9,3,4]  | (all)
each replaced another                            | [1,2,3]      | [9,2,3]      | [1,2,8]      | [9,2,8]
each replaced another, side by side              | [1,2]        | [9,2]        | [1,8]        | [9,8]
both replaced one, each in its way               | [1,2,3]      | [1,9,3]      | [1,8,3]      | [1,8,3]      | (all)
both replaced one by the same                    | [1,2,3]      | [1,9,3]      | [1,9,3]      | [1,9,3]
both replaced one by the same, and each another  | [1,2,3]      | [9,2,7]      | [8,2,7]      | [8,2,7]      | (all)
mine removed what theirs replaced                | [1,2,3]      | [1,3]        | [1,9,3]      | [1,9,3]      | (all)
mine replaced what theirs removed                | [1,2,3]      | [1,9,3]      | [1,3]        | [1,3]        | (all)
mine replaced one, theirs added before it        | [1,2]        | [1,8]        | [1,9,2]      | [1,9,2]      | (all)
mine replaced all, theirs added at the end       | [1,2]        | [7,8]        | [1,2,3]      | [1,2,3]      | (all)
mine replaced all, theirs changed nothing        | [1,2]        | [7,8]        | [1,2]        | [7,8]
mine moved one                                   | [1,2,3]      | [3,1,2]      | [1,2,3]      | [3,1,2]
mine moved one, theirs added at the end          | [1,2,3]      | [3,1,2]      | [1,2,3,4]    | [3,1,2,4]
each moved another                               | [1,2,3,4,5,6] | [2,1,3,4,5,6] | [1,2,3,4,6,5] | [2,1,3,4,6,5]
both moved one to the same place                 | [1,2,3,4]    | [4,1,2,3]    | [4,1,2,3]    | [4,1,2,3]
both moved one, to other places                  | [1,2,3,4]    | [4,1,2,3]    | [1,4,2,3]    | [1,4,2,3]    | (all)
mine moved what theirs removed                   | [1,2,3]      | [3,1,2]      | [1,2]        | [1,2]        | (all)
mine moved what theirs replaced                  | [1,2,3]      | [3,1,2]      | [1,2,9]      | [1,2,9]      | (all)
mine moved what theirs put in a second time      | [1,2,3]      | [3,1,2]      | [1,2,3,3]    | [1,2,3,3]    | (all)
one of several equal items                       | [1,1,1]      | [1,1]        | [1,1,1]      | [1,1]
both removed one of several equal items          | [1,1]        | [1]          | [1]          | [1]
each removed another of two equal items          | [0,1,0]      | [1,0]        | [0,1]        | [0,1]        | (all)
each replaced another of two equal items         | [0,0]        | [1,0]        | [0,2]        | [0,2]        | (all)
mine added one more equal item, theirs another   | [1,2]        | [1,1,2]      | [1,2,3]      | [1,1,2,3]
texts are items like numbers                     | ["a","b"]    | ["a","b","c"] | ["z","b"]    | ["z","b","c"]
a number is not its text                         | [1,5]        | ["1",5]      | [1,5,2]      | ["1",5,2]
null, true and false are items | [null,true] | [null,true,false] | [false,null,true] | [false,null,true] | (all)
nulls at both ends                               | [1,null]     | [1,null,2]   | [0,1,null]   | [0,1,null,2]
rows of a matrix, each another                   | [[1,2],[3,4]] | [[9,2],[3,4]] | [[1,2],[3,8]] | [[9,2],[3,8]]
a row of a matrix, by both                       | [[1,2],[3,4]] | [[9,2],[3,4]] | [[1,8],[3,4]] | [[1,8],[3,4]] | (all)
objects without an id, each another              | [{n:1},{n:2}] | [{n:9},{n:2}] | [{n:1},{n:8}] | [{n:9},{n:8}]
objects without an id, one by both               | [{a:1,b:1}]  | [{a:2,b:1}]  | [{a:1,b:2}]  | [{a:1,b:2}]  | (all)
objects are equal in any order of members        | [{a:1,b:2}]  | [{b:2,a:1}]  | [{a:1,b:2},5] | [{a:1,b:2},5]
an array in a member, both added | {t:["a"],n:1} | {t:["a","b"],n:1} | {t:["a","c"],n:2} | {t:["a","c"],n:2} | /t
a pair of numbers, each another                  | {at:[52,13]} | {at:[53,13]} | {at:[52,14]} | {at:[53,14]}
a pair of numbers, one by both                   | {at:[52,13]} | {at:[53,13]} | {at:[54,13]} | {at:[54,13]} | /at
`);
