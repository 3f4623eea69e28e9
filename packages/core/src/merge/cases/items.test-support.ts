import { type MergeCase, mergeCases } from "./table.test-support.js";

/** Items that have an `id`: they are merged one by one, wherever they stand. */
export const itemCases: readonly MergeCase[] = mergeCases(`
each edited another item                            | <1=0 2=0>  | <1=5 2=0>   | <1=0 2=6>   | <1=5 2=6>
both edited one, the same                           | <1=0>      | <1=5>       | <1=5>       | <1=5>
both edited one, each in its way                    | <1=0>      | <1=5>       | <1=6>       | <1=6>       | /0/v
both edited one, in other members | [{id:1,a:1,b:1}] | [{id:1,a:2,b:1}] | [{id:1,a:1,b:2}] | [{id:1,a:2,b:2}]
mine added a member to what theirs edited           | <1=0>      | [{id:1,v:0,w:1}] | <1=6>       | [{id:1,v:6,w:1}]
a clash names the index in theirs                   | <1=0>      | <1=5>       | <9 1=6>     | <9 1=6>     | /1/v
… also where the item comes to stand elsewhere      | <1 2=0>    | <2=5>       | <1 2=6>     | <2=6>       | /1/v
mine added at the end                               | <1>        | <1 2>       | <1>         | <1 2>
each added at the end                               | <1>        | <1 2>       | <1 3>       | <1 2 3>
… and it does not matter who added which            | <1>        | <1 3>       | <1 2>       | <1 2 3>
each added at the front                             | <9>        | <2 9>       | <1 9>       | <1 2 9>
each added between two                              | <1 9>      | <1 3 9>     | <1 2 9>     | <1 2 3 9>
each added to an empty array                        | []         | <2>         | <1>         | <1 2>
each added several: those of one stay together      | <1>        | <1 5 2>     | <1 3 4>     | <1 3 4 5 2>
each added at another place                         | <1 2>      | <0 1 2>     | <1 2 3>     | <0 1 2 3>
text ids are in the order of code units             | <a>        | <a c>       | <a B>       | <a B c>
number ids come before texts                        | <a>        | <a b>       | <a 7>       | <a 7 b>
both added one, the same                            | <1>        | <1 2=5>     | <1 2=5>     | <1 2=5>
both added one, with other members | <1> | [{id:1},{id:2,a:1}] | [{id:1},{id:2,b:1}] | [{id:1},{id:2,a:1,b:1}]
both added one, with a member unlike                | <1>        | <1 2=5>     | <1 2=6>     | <1 2=6>     | /1/v
both added one, and each another                    | <1>        | <1 2 3>     | <1 4 3>     | <1 2 4 3>
both added one, at other places                     | <1>        | <2 1>       | <1 2>       | <1 2>       | (all)
mine removed one                                    | <1 2>      | <2>         | <1 2>       | <2>
both removed one                                    | <1 2>      | <2>         | <2>         | <2>
each removed another                                | <1 2 3>    | <2 3>       | <1 2>       | <2>
both removed all                                    | <1 2>      | []          | []          | []
mine removed all, theirs added one                  | <1 2>      | []          | <1 2 3>     | <3>
mine removed one, theirs edited another             | <1 2=0>    | <2=0>       | <1 2=6>     | <2=6>
mine removed one, theirs added next to it           | <1 2>      | <2>         | <1 9 2>     | <9 2>
mine removed what theirs edited                     | <1=0>      | []          | <1=6>       | <1=6>       | /0
mine removed what theirs edited, and one more       | <1=0 2>    | []          | <1=6 2>     | <1=6>       | /0
theirs removed what mine edited                     | <1=0 2>    | <1=5 2>     | <2>         | <2>         | /-
theirs removed two that mine edited                 | <1=0 2=0 3> | <1=5 2=5 3> | <3>         | <3>         | /- /-
theirs removed what mine edited: the rest is merged | <1=0 2=0>  | <1=5 2=5>   | <2=0 3>     | <2=5 3>     | /-
clashes of theirs' items come before removed ones   | <1=0 2=0>  | <1=5 2=5>   | <2=6>       | <2=6>       | /0/v /-
mine replaced one by another                        | <1 2>      | <3 2>       | <1 2>       | <3 2>
each replaced one by another of its own             | <1 2>      | <3 2>       | <4 2>       | <3 4 2>
mine gave one another id                            | <1=0>      | <2=0>       | <1=0>       | <2=0>
mine gave one another id that theirs edited         | <1=0>      | <2=0>       | <1=6>       | <1=6 2=0>   | /0
a number is not its text: two items | [{id:1,v:0},{id:"1",v:0}] | [{id:1,v:5},{id:"1",v:0}]
  | [{id:1,v:0},{id:"1",v:6}] | [{id:1,v:5},{id:"1",v:6}]
mine made a text of an id                           | [{id:1}]   | [{id:"1"}]  | [{id:1},{id:2}] | [{id:2},{id:"1"}]
mine removed a member of an item, theirs another's  | [{id:1,a:1,b:1}] | [{id:1,b:1}] | [{id:1,a:1}] | [{id:1}]
items in items | [{id:1,l:<7=0 8=0>}] | [{id:1,l:<7=5 8=0>}] | [{id:1,l:<7=0 8=6>}] | [{id:1,l:<7=5 8=6>}]
a clash of an item in an item | [{id:1,l:<7=0>}] | [{id:1,l:<7=5>}] | [{id:1,l:<6 7=6>}] | [{id:1,l:<6 7=6>}] | /0/l/1/v
an array in a member, and a change besides | {l:<1=0>,t:1} | {l:<1=5>,t:1} | {l:<1=6>,t:2} | {l:<1=6>,t:2} | /l/0/v
`);

/** An item without an `id`, or two with one: no item has a name, and they are a sequence. */
export const unnamedItemCases: readonly MergeCase[] = mergeCases(`
mine added an item without an id            | <1 2>         | [{id:1},{id:2},5] | <1=6 2>       | [{id:1,v:6},{id:2},5]
… next to one that theirs edited            | <1 2>         | [{id:1},{id:2},5] | <1 2=6>       | <1 2=6>        | (all)
mine has an id twice                        | <1 2>         | <1 1 2>       | <1 2 3>       | <1 1 2 3>
theirs has an id twice, and mine edited one | <1=0 2>       | <1=5 2>       | <1=0 2 2>     | <1=5 2 2>
the base has an id twice, both edited one | [{id:1,a:1,b:1},{id:1}] | [{id:1,a:2,b:1},{id:1}]
  | [{id:1,a:1,b:2},{id:1}] | [{id:1,a:1,b:2},{id:1}] | (all)
null is no id | [{id:null,a:1,b:1}] | [{id:null,a:2,b:1}] | [{id:null,a:1,b:2}] | [{id:null,a:1,b:2}] | (all)
an object is no id | [{id:{x:1},a:1,b:1}] | [{id:{x:1},a:2,b:1}] | [{id:{x:1},a:1,b:2}] | [{id:{x:1},a:1,b:2}] | (all)
an inherited name is no id                  | [{a:1,b:1}]   | [{a:2,b:1}]   | [{a:1,b:2}]   | [{a:1,b:2}]    | (all)
theirs took away an id                      | <1=0 2>       | <1=5 2>       | [{v:0},{id:2}] | [{v:0},{id:2}] | (all)
`);
