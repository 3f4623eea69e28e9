import { type MergeCase, mergeCases } from "./table.test-support.js";

export const memberCases: readonly MergeCase[] = mergeCases(`
nobody changed anything                     | {a:1,b:2}    | {a:1,b:2}    | {a:1,b:2}    | {a:1,b:2}
mine changed a member                       | {a:1,b:2}    | {a:9,b:2}    | {a:1,b:2}    | {a:9,b:2}
theirs changed a member                     | {a:1,b:2}    | {a:1,b:2}    | {a:1,b:8}    | {a:1,b:8}
each changed another member                 | {a:1,b:2}    | {a:9,b:2}    | {a:1,b:8}    | {a:9,b:8}
both changed one, to the same               | {a:1}        | {a:5}        | {a:5}        | {a:5}
both changed one, each in its way           | {a:1}        | {a:5}        | {a:6}        | {a:6}         | /a
one clash leaves the other changes          | {a:1,b:1,c:1} | {a:5,b:2,c:1} | {a:6,b:1,c:3} | {a:6,b:2,c:3} | /a
two clashes, in the order of theirs         | {a:1,b:1}    | {b:2,a:2}    | {a:3,b:3}    | {a:3,b:3}     | /a /b
mine added a member                         | {a:1}        | {a:1,b:2}    | {a:1}        | {a:1,b:2}
theirs added a member                       | {a:1}        | {a:1}        | {a:1,b:2}    | {a:1,b:2}
each added another one                      | {a:1}        | {a:1,m:2}    | {a:1,t:3}    | {a:1,m:2,t:3}
both added one, the same                    | {a:1}        | {a:1,n:2}    | {a:1,n:2}    | {a:1,n:2}
both added one, each in its way             | {a:1}        | {a:1,n:2}    | {a:1,n:3}    | {a:1,n:3}     | /n
mine removed a member                       | {a:1,b:2}    | {b:2}        | {a:1,b:2}    | {b:2}
theirs removed a member                     | {a:1,b:2}    | {a:1,b:2}    | {a:1}        | {a:1}
both removed one                            | {a:1,b:2}    | {b:2}        | {b:2}        | {b:2}
each removed another one                    | {a:1,b:2,c:3} | {b:2,c:3}    | {a:1,c:3}    | {c:3}
both removed all                            | {a:1,b:2}    | {}           | {}           | {}
mine removed what theirs changed            | {a:1,b:2}    | {b:2}        | {a:9,b:2}    | {a:9,b:2}     | /a
theirs removed what mine changed            | {a:1,b:2}    | {a:9,b:2}    | {b:2}        | {b:2}         | /a
mine removed all, theirs changed one        | {a:1,b:2}    | {}           | {a:1,b:8}    | {b:8}         | /b
mine changed one, theirs removed all        | {a:1,b:2}    | {a:9,b:2}    | {}           | {}            | /a
mine renamed a member                       | {old:1,b:2}  | {new:1,b:2}  | {old:1,b:2}  | {new:1,b:2}
mine renamed one, theirs changed another    | {old:1,b:2}  | {new:1,b:2}  | {old:1,b:8}  | {new:1,b:8}
mine renamed what theirs changed            | {old:1}      | {new:1}      | {old:5}      | {old:5,new:1} | /old
theirs renamed what mine changed            | {old:1}      | {old:5}      | {new:1}      | {new:1}       | /old
both renamed one to the same name           | {old:1}      | {new:1}      | {new:1}      | {new:1}
mine renamed to a name that theirs added    | {old:1}      | {new:1}      | {old:1,new:7} | {new:7}       | /new
mine put the members in another order       | {a:1,b:2}    | {b:2,a:1}    | {a:1,b:2}    | {a:1,b:2}
another order, and a change by each         | {a:1,b:2}    | {b:2,a:9}    | {b:8,a:1}    | {a:9,b:8}
two exchanged values, one changed           | {a:1,b:2}    | {a:2,b:1}    | {a:1,b:3}    | {a:2,b:3}     | /b
mine undid nothing: the base is the older   | {a:1}        | {a:1}        | {a:2}        | {a:2}
a member with an empty name                 | {"":1}       | {"":2}       | {"":3}       | {"":3}        | /
names that a pointer escapes | {"a/b":1,"~":1} | {"a/b":2,"~":2} | {"a/b":3,"~":3} | {"a/b":3,"~":3} | /a~1b /~0
a name that is a number is no index         | {"0":"a"}    | {"0":"b"}    | {"0":"a","1":"c"} | {"0":"b","1":"c"}
names that objects inherit                  | {}           | {toString:1} | {constructor:2} | {toString:1,constructor:2}
names that objects inherit, changed by both | {valueOf:1}  | {valueOf:2}  | {valueOf:3}  | {valueOf:3}   | /valueOf
__proto__ is a member like any other | {} | {"__proto__":{a:1}} | {b:1} | {"__proto__":{a:1},b:1}
__proto__, changed by both | {"__proto__":{a:1}} | {"__proto__":{a:2}}
  | {"__proto__":{a:3}} | {"__proto__":{a:3}} | /__proto__/a
`);
