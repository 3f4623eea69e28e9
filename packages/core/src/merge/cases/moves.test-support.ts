import { type MergeCase, mergeCases } from "./table.test-support.js";

/** The order of items that have an `id`. */
export const moveCases: readonly MergeCase[] = mergeCases(`
mine moved one to the front                          | <1 2 3>     | <3 1 2>     | <1 2 3>     | <3 1 2>
theirs moved one to the end                          | <1 2 3>     | <1 2 3>     | <2 3 1>     | <2 3 1>
both moved one to the same place                     | <1 2 3>     | <3 1 2>     | <3 1 2>     | <3 1 2>
both moved one, to other places                      | <1 2 3 4>   | <4 1 2 3>   | <1 4 2 3>   | <1 4 2 3>   | (all)
each moved another                                   | <1 2 3 4 5 6> | <2 1 3 4 5 6> | <1 2 3 4 6 5> | <2 1 3 4 6 5>
each moved another over the other's way              | <1 2 3 4 5 6> | <1 5 2 3 4 6> | <2 3 4 1 5 6> | <5 2 3 4 1 6>
each moved another to the front                      | <1 2 3 4>   | <4 1 2 3>   | <3 1 2 4>   | <3 4 1 2>
both moved two in one way, theirs one more           | <1 2 3 4>   | <2 1 3 4>   | <2 1 4 3>   | <2 1 4 3>
mine moved what theirs edited                        | <1=0 2 3>   | <2 3 1=0>   | <1=6 2 3>   | <2 3 1=6>
theirs moved what mine edited                        | <1=0 2 3>   | <1=5 2 3>   | <2 3 1=0>   | <2 3 1=5>
mine moved and edited one, theirs edited another     | <1=0 2=0>   | <2=0 1=5>   | <1=0 2=6>   | <2=6 1=5>
mine moved what both edited                          | <1=0 2>     | <2 1=5>     | <1=6 2>     | <2 1=6>     | /0/v
theirs moved what both edited                        | <1=0 2>     | <1=5 2>     | <2 1=6>     | <2 1=6>     | /1/v
both moved in one way what both edited               | <1=0 2>     | <2 1=5>     | <2 1=6>     | <2 1=6>     | /1/v
mine moved what theirs removed                       | <1 2 3>     | <3 1 2>     | <1 2>       | <1 2>
theirs moved what mine removed                       | <1 2 3>     | <1 2>       | <3 1 2>     | <1 2>
mine moved and edited what theirs removed            | <1=0 2>     | <2 1=5>     | <2>         | <2>         | /-
theirs moved and edited what mine removed            | <1=0 2>     | <2>         | <2 1=6>     | <2 1=6>     | /1
mine moved one, theirs removed another               | <1 2 3 4>   | <4 1 2 3>   | <1 3 4>     | <4 1 3>
mine moved one, theirs removed its neighbour         | <1 2 3>     | <2 3 1>     | <1 3>       | <3 1>
mine moved one, theirs added at the end              | <1 2 3>     | <3 1 2>     | <1 2 3 4>   | <3 1 2 4>
mine moved one to where theirs added                 | <1 2 3>     | <3 1 2>     | <0 1 2 3>   | <0 3 1 2>
theirs added after what mine moved past it           | <1 2 3>     | <2 1 3>     | <1 9 2 3>   | <2 1 9 3>
mine added before what theirs moved away             | <1 2 3>     | <1 2 9 3>   | <3 1 2>     | <3 1 2 9>
mine moved and added, theirs moved alike             | <1 2 3>     | <9 3 1 2>   | <3 1 2>     | <9 3 1 2>
mine reversed all, theirs added at the end           | <1 2 3>     | <3 2 1>     | <1 2 3 4>   | <3 2 1 4>
mine reversed all, theirs edited one                 | <1 2=0 3>   | <3 2=0 1>   | <1 2=6 3>   | <3 2=6 1>
mine reversed all, theirs removed one                | <1 2 3>     | <3 2 1>     | <1 3>       | <3 1>
both reversed all                                    | <1 2 3>     | <3 2 1>     | <3 2 1>     | <3 2 1>
mine reversed all, theirs moved the first to the end | <1 2 3>     | <3 2 1>     | <2 3 1>     | <3 2 1>
exchanges that can't both be: 2 before 1, 3 before 2 | <1 2 3>     | <2 1 3>     | <1 3 2>     | <1 3 2>     | (all)
theirs moved a block, mine edited in it              | <1 2 3 4>   | <1 2 3 4=5> | <3 4 1 2>   | <3 4=5 1 2>
mine moved a block, theirs another item              | <1 2 3 4 5> | <3 4 1 2 5> | <1 2 3 5 4> | <1 2 3 5 4> | (all)
text ids move like numbers                           | <a b c>     | <c a b>     | <a b c d>   | <c a b d>
an order that clashes takes all of its array along   | <1=0 2 3 4> | <4 1=5 2 3> | <1=0 4 2 3> | <1=0 4 2 3> | (all)
an order that clashes hides the clashes in it        | <1=0 2 3 4> | <4 1=5 2 3> | <1=6 4 2 3> | <1=6 4 2 3> | (all)
an order that clashes leaves what is beside it | {l:<1 2 3>,t:1} | {l:<3 1 2>,t:5}
  | {l:<1 3 2>,t:1} | {l:<1 3 2>,t:5} | /l
moves in the array of an item | [{id:1,l:<7 8 9>}] | [{id:1,l:<9 7 8>}] | [{id:1,l:<7=6 8 9>}] | [{id:1,l:<9 7=6 8>}]
mine moved an item, theirs one in it | [{id:1,l:<7 8>},{id:2}] | [{id:2},{id:1,l:<7 8>}]
  | [{id:1,l:<8 7>},{id:2}] | [{id:2},{id:1,l:<8 7>}]
`);
