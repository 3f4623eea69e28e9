import { type MergeCase, mergeCases } from "./table.test-support.js";

/** Places that stand or fall together. */
export const groupCases: readonly MergeCase[] = mergeCases(
  `
each changed another of a group | {price:1,currency:"EUR"} | {price:2,currency:"EUR"}
  | {price:1,currency:"USD"} | {price:1,currency:"USD"} | /price /currency
mine changed both of a group | {price:1,currency:"EUR"} | {price:2,currency:"USD"}
  | {price:1,currency:"EUR"} | {price:2,currency:"USD"}
theirs changed both of a group | {price:1,currency:"EUR"} | {price:1,currency:"EUR"}
  | {price:2,currency:"USD"} | {price:2,currency:"USD"}
both changed a group alike | {price:1,currency:"EUR"} | {price:2,currency:"USD"}
  | {price:2,currency:"USD"} | {price:2,currency:"USD"}
both changed one alike, and mine the other | {price:1,currency:"EUR"} | {price:2,currency:"USD"}
  | {price:2,currency:"EUR"} | {price:2,currency:"EUR"} | /currency
a group falls, and what is beside it does not | {price:1,currency:"EUR",n:1,m:1} | {price:2,currency:"EUR",n:2,m:1}
  | {price:1,currency:"USD",n:1,m:3} | {price:1,currency:"USD",n:2,m:3} | /price /currency
mine added what theirs' change belongs to | {price:1} | {price:1,currency:"EUR"}
  | {price:2} | {price:2} | /price /currency
mine removed one of a group, theirs changed the other | {price:1,currency:"EUR"} | {price:1}
  | {price:2,currency:"EUR"} | {price:2,currency:"EUR"} | /price /currency
both made a group, each another part | {} | {price:1} | {currency:"USD"} | {currency:"USD"} | /currency /price
a group across two objects | {a:{x:1,y:1},b:1} | {a:{x:2,y:2},b:1} | {a:{x:1,y:1},b:3} | {a:{x:1,y:2},b:3} | /a/x /b
… of which mine removed one object   | {a:{x:1},b:1} | {b:1}         | {a:{x:1},b:3} | {a:{x:1},b:3} | /a /b
… of which mine made a number        | {a:{x:1},b:1} | {a:5,b:1}     | {a:{x:1},b:3} | {a:{x:1},b:3} | /a /b
… where a neighbour was changed alone | {a:{x:1,y:1},b:1} | {a:{x:1,y:2},b:1} | {a:{x:1,y:1},b:3} | {a:{x:1,y:2},b:3}
a group of one place, each changed a part | {address:{street:"A",zip:1}} | {address:{street:"B",zip:1}}
  | {address:{street:"A",zip:2}} | {address:{street:"A",zip:2}} | /address
a group of one place, mine changed it | {address:{street:"A",zip:1}} | {address:{street:"B",zip:2}}
  | {address:{street:"A",zip:1}} | {address:{street:"B",zip:2}}
a group in each item, in one both changed it | {l:[{id:1,q:1,u:"kg"},{id:2,q:1,u:"kg"}]}
  | {l:[{id:1,q:2,u:"kg"},{id:2,q:3,u:"kg"}]} | {l:[{id:1,q:1,u:"g"},{id:2,q:1,u:"kg"}]}
  | {l:[{id:1,q:1,u:"g"},{id:2,q:3,u:"kg"}]} | /l/0/q /l/0/u
a group in an item, of which the next one has none | {l:[{id:1,q:1,u:"kg"},{id:2,v:1}]}
  | {l:[{id:1,q:2,u:"kg"},{id:2,v:2}]} | {l:[{id:1,q:1,u:"g"},{id:2,v:1}]} | {l:[{id:1,q:1,u:"g"},{id:2,v:2}]}
  | /l/0/q /l/0/u
a group of two items of an array is the array | {range:[1,9]} | {range:[2,9]} | {range:[1,8]} | {range:[1,8]} | /range
… which mine alone changed           | {range:[1,9]} | {range:[2,8]} | {range:[1,9]} | {range:[2,8]}
a group in items without an id: an item is one value | {l:[{q:1,u:1},{q:5,u:1}]} | {l:[{q:2,u:1},{q:5,u:1}]}
  | {l:[{q:1,u:1},{q:5,u:3}]} | {l:[{q:2,u:1},{q:5,u:3}]}
a policy on what holds a place of a group that fell | {c:{n:1,k:1},d:1} | {c:{n:2,k:1},d:1}
  | {c:{n:1,k:3},d:3} | {c:{n:1,k:3},d:3} | /c /d
… and of one that did not            | {c:{n:1,k:1},d:1} | {c:{n:2,k:2},d:1} | {c:{n:1,k:3},d:1} | {c:{n:2,k:2},d:1}
`,
  {
    policies: { "/c": "mine" },
    together: [
      ["/price", "/currency"],
      ["/a/x", "/b"],
      ["/address"],
      ["/l/*/q", "/l/*/u"],
      ["/range/0", "/range/1"],
      ["/c/n", "/d"],
    ],
  },
);
