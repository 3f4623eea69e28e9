import { type MergeCase, mergeCases } from "./table.test-support.js";

export const nestedCases: readonly MergeCase[] = mergeCases(`
each changed a member of one object           | {a:{x:1,y:1}} | {a:{x:2,y:1}} | {a:{x:1,y:3}} | {a:{x:2,y:3}}
both changed one deep inside                  | {a:{b:{c:1}}} | {a:{b:{c:2}}} | {a:{b:{c:3}}} | {a:{b:{c:3}}} | /a/b/c
each changed one, five levels down | {a:{b:{c:{d:{e:1,f:1}}}}} | {a:{b:{c:{d:{e:2,f:1}}}}}
  | {a:{b:{c:{d:{e:1,f:3}}}}} | {a:{b:{c:{d:{e:2,f:3}}}}}
a clash inside leaves its neighbours | {a:{x:1,y:1},b:1} | {a:{x:2,y:2},b:1}
  | {a:{x:3,y:1},b:3} | {a:{x:3,y:2},b:3} | /a/x
clashes at two depths | {a:1,o:{p:{q:1}}} | {a:2,o:{p:{q:2}}} | {a:3,o:{p:{q:3}}} | {a:3,o:{p:{q:3}}} | /a /o/p/q
mine removed an object                        | {a:{x:1},b:1} | {b:1}        | {a:{x:1},b:2} | {b:2}
mine removed an object that theirs changed    | {a:{x:1,y:1}} | {}           | {a:{x:2,y:1}} | {a:{x:2,y:1}} | /a
theirs removed an object that mine added to   | {a:{x:1}}    | {a:{x:1,y:1}} | {}            | {}            | /a
theirs removed an object that mine emptied    | {a:{x:1}}    | {a:{}}       | {}            | {}            | /a
mine emptied an object, theirs added to it    | {a:{x:1}}    | {a:{}}       | {a:{x:1,y:2}} | {a:{y:2}}
mine emptied an object that theirs changed    | {a:{x:1}}    | {a:{}}       | {a:{x:2}}     | {a:{x:2}}     | /a/x
both removed an object                        | {a:{x:1},b:1} | {b:1}        | {b:1}         | {b:1}
mine added an object                          | {a:1}        | {a:1,o:{x:{y:1}}} | {a:2}         | {a:2,o:{x:{y:1}}}
both added an object, with other members      | {}           | {a:{x:1}}    | {a:{y:2}}     | {a:{x:1,y:2}}
both added an object, with one member unlike  | {}           | {a:{x:1,z:0}} | {a:{x:2,z:0}} | {a:{x:2,z:0}} | /a/x
both added the same object                    | {}           | {a:{x:1}}    | {a:{x:1}}     | {a:{x:1}}
both added objects in objects                 | {}           | {a:{b:{x:1}}} | {a:{b:{y:1}}} | {a:{b:{x:1,y:1}}}
mine added an empty object, theirs a full one | {}           | {a:{}}       | {a:{x:1}}     | {a:{x:1}}
mine added an object, theirs a number         | {}           | {a:{x:1}}    | {a:1}         | {a:1}         | /a
both added an array, unlike                   | {}           | {a:[1]}      | {a:[2]}       | {a:[2]}       | /a
both added the same array                     | {}           | {a:[1,2]}    | {a:[1,2]}     | {a:[1,2]}
both added arrays of items with an id         | {}           | {a:<1>}      | {a:<2>}       | {a:<1 2>}
mine moved a member to another object         | {a:{v:1},b:{}} | {a:{},b:{v:1}} | {a:{v:1},b:{w:1}} | {a:{},b:{v:1,w:1}}
mine moved a member that theirs changed | {a:{v:1},b:{}} | {a:{},b:{v:1}} | {a:{v:2},b:{}} | {a:{v:2},b:{v:1}} | /a/v
mine replaced all members, theirs added one   | {a:{x:1}}    | {a:{y:1}}    | {a:{x:1,z:1}} | {a:{y:1,z:1}}
mine exchanged two objects | {a:{n:1},b:{n:2}} | {a:{n:2},b:{n:1}} | {a:{n:1},b:{n:2}} | {a:{n:2},b:{n:1}}
mine wrapped a value that theirs changed      | {a:1}        | {a:{value:1}} | {a:2}         | {a:2}         | /a
mine made a number of an inner object         | {a:{b:{c:1},s:1}} | {a:{b:5,s:1}} | {a:{b:{c:1},s:2}} | {a:{b:5,s:2}}
mine made a number of one that theirs changed | {a:{b:{c:1}}} | {a:{b:5}}    | {a:{b:{c:2}}} | {a:{b:{c:2}}} | /a/b
names are escaped at each level | {"a/b":{"c~d":1}} | {"a/b":{"c~d":2}}
  | {"a/b":{"c~d":3}} | {"a/b":{"c~d":3}} | /a~1b/c~0d
an object in an array in an object            | {a:[{b:{x:1}}]} | {a:[{b:{x:2}}]} | {a:[{b:{x:1}}]} | {a:[{b:{x:2}}]}
a key renamed in an inner object              | {o:{old:1,k:1}} | {o:{new:1,k:1}} | {o:{old:1,k:2}} | {o:{new:1,k:2}}
an inner key renamed that theirs changed      | {o:{old:1}}  | {o:{new:1}}  | {o:{old:2}}   | {o:{old:2,new:1}} | /o/old
`);
