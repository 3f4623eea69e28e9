import { type MergeCase, mergeCases } from "./table.test-support.js";

const sums = mergeCases(
  `
both took some of a stock                           | {n:5}     | {n:4}       | {n:3}       | {n:2}
both took one: to the same number, and two are gone | {n:5}     | {n:4}       | {n:4}       | {n:3}
one took some, one put some back                    | {n:5}     | {n:2}       | {n:9}       | {n:6}
theirs alone took some                              | {n:5}     | {n:5}       | {n:3}       | {n:3}
mine alone took some                                | {n:5}     | {n:3}       | {n:5}       | {n:3}
below zero                                          | {n:1}     | {n:-2}      | {n:0}       | {n:-3}
parts are added as they are written                 | {n:0.1}   | {n:0.2}     | {n:0.4}     | {n:0.5}
amounts of money                                    | {n:10.1}  | {n:10.2}    | {n:10.3}    | {n:10.4}
parts and exponents                                 | {n:1e-7}  | {n:2e-7}    | {n:1}       | {n:1.0000001}
both added a number: from 0                         | {}        | {n:2}       | {n:3}       | {n:5}
a base of null is no number                         | {n:null}  | {n:2}       | {n:3}       | {n:3}         | /n
mine removed what theirs counted                    | {n:5}     | {}          | {n:4}       | {n:4}         | /n
theirs removed what mine counted                    | {n:5}     | {n:4}       | {}          | {}            | /n
both removed it                                     | {n:5}     | {}          | {}          | {}
a text is no number                                 | {n:5}     | {n:"4"}     | {n:3}       | {n:3}         | /n
both made the same text of it                       | {n:5}     | {n:"4"}     | {n:"4"}     | {n:"4"}
whole numbers on the way to a smaller sum | {n:9007199254740991} | {n:9007199254740990}
  | {n:9007199254740990} | {n:9007199254740989}
a sum that no double holds | {n:9007199254740989} | {n:9007199254740991}
  | {n:9007199254740991} | {n:9007199254740991} | /n
a sum that is not finite                            | {n:1e308} | {n:1.7e308} | {n:1.7e308} | {n:1.7e308}   | /n
`,
  { policies: { "/n": "sum" } },
);

const extremes = mergeCases(
  `
the greater one, of mine        | {hi:1}  | {hi:5}    | {hi:3}    | {hi:5}
the greater one, of theirs      | {hi:1}  | {hi:3}    | {hi:5}    | {hi:5}
the less one, of mine           | {lo:9}  | {lo:3}    | {lo:5}    | {lo:3}
the less one, of theirs         | {lo:9}  | {lo:5}    | {lo:3}    | {lo:3}
one side alone made it less     | {hi:9}  | {hi:5}    | {hi:9}    | {hi:5}
both added one                  | {}      | {hi:5}    | {hi:3}    | {hi:5}
times are texts | {hi:"2026-01-01T00:00:00Z"} | {hi:"2026-01-03T00:00:00Z"}
  | {hi:"2026-01-02T00:00:00Z"} | {hi:"2026-01-03T00:00:00Z"}
texts are compared unit by unit | {hi:""} | {hi:"10"} | {hi:"9"}  | {hi:"9"}
a number against a text         | {hi:1}  | {hi:5}    | {hi:"9"}  | {hi:"9"}  | /hi
a number against null           | {lo:1}  | {lo:0}    | {lo:null} | {lo:null} | /lo
a number against nothing        | {lo:1}  | {lo:0}    | {}        | {}        | /lo
`,
  { policies: { "/hi": "max", "/lo": "min" } },
);

const unions = mergeCases(
  `
each added one                              | {t:["a"]}     | {t:["a","b"]} | {t:["a","c"]} | {t:["a","c","b"]}
both added the same                         | {t:["a"]}     | {t:["a","b"]} | {t:["b","a"]} | {t:["b","a"]}
both added the same, mine one more          | {t:["a"]}     | {t:["x","a","b"]} | {t:["a","b"]} | {t:["a","b","x"]}
mine took one out, theirs added one         | {t:["a","b"]} | {t:["a"]}     | {t:["a","b","c"]} | {t:["a","c"]}
theirs took one out, mine added one         | {t:["a","b"]} | {t:["a","b","c"]} | {t:["b"]}     | {t:["b","c"]}
each took another out                       | {t:["a","b"]} | {t:["b"]}     | {t:["a"]}     | {t:[]}
both took one out, each added one           | {t:["a"]}     | {t:["b"]}     | {t:["c"]}     | {t:["c","b"]}
mine put them in another order, theirs added one | {t:["a","b"]} | {t:["b","a"]} | {t:["a","b","c"]} | {t:["a","b","c"]}
a set has nothing twice                     | {t:["a"]}     | {t:["a","b","b"]} | {t:["a","a","c"]} | {t:["a","c","b"]}
a number is not its text                    | {t:[1]}       | {t:[1,"1"]}   | {t:[1,2]}     | {t:[1,2,"1"]}
objects are equal member by member | {t:[]} | {t:[{x:1,y:2},{x:3}]} | {t:[{y:2,x:1}]} | {t:[{x:1,y:2},{x:3}]}
both made one where none was                | {}            | {t:["a","b"]} | {t:["b","c"]} | {t:["b","c","a"]}
mine removed the array that theirs added to | {t:["a"]}     | {}            | {t:["a","b"]} | {t:["a","b"]} | /t
mine made null of it, theirs added to it    | {t:["a"]}     | {t:null}      | {t:["a","b"]} | {t:["a","b"]} | /t
both made an array of null                  | {t:null}      | {t:["a"]}     | {t:["b"]}     | {t:["b"]}     | /t
a text is no array                          | {t:["a"]}     | {t:"a b"}     | {t:["a","c"]} | {t:["a","c"]} | /t
items with an id are merged one by one      | {t:<1=0 2=0>} | {t:<1=5 2=0 4>} | {t:<1=0 2=6 3>} | {t:<1=5 2=6 3 4>}
an item with an id that both edited         | {t:<1=0>}     | {t:<1=5 4>}   | {t:<1=6>}     | {t:<1=6 4>}   | /t/0/v
`,
  { policies: { "/t": "union" } },
);

const sides = mergeCases(
  `
mine wins                              | {m:1}     | {m:2}     | {m:3}     | {m:2}
theirs wins                            | {t:1}     | {t:2}     | {t:3}     | {t:3}
mine wins, and theirs alone changed it | {m:1}     | {m:1}     | {m:3}     | {m:3}
theirs wins, and mine alone changed it | {t:1}     | {t:2}     | {t:1}     | {t:2}
mine wins by removing                  | {m:1}     | {}        | {m:3}     | {}
mine wins over removing                | {m:1}     | {m:2}     | {}        | {m:2}
theirs wins by removing                | {t:1}     | {t:2}     | {}        | {}
theirs wins over removing              | {t:1}     | {}        | {t:3}     | {t:3}
mine wins with null                    | {m:1}     | {m:null}  | {m:3}     | {m:null}
mine wins as a whole, members that it did not change too | {m:{x:1,y:1}} | {m:{x:2,y:1}} | {m:{x:1,y:3}} | {m:{x:2,y:1}}
mine wins over an array                | {m:[1]}   | {m:[1,2]} | {m:[1,3]} | {m:[1,2]}
beside it, all is as ever              | {m:1,x:1} | {m:2,x:2} | {m:3,x:3} | {m:2,x:3} | /x
`,
  { policies: { "/m": "mine", "/t": "theirs" } },
);

const whole = mergeCases("mine wins over the whole value | {a:1} | {a:2,b:1} | {a:1,c:1} | {a:2,b:1}", {
  policies: { "": "mine" },
});

const patterns = mergeCases(
  `
any member of an object                         | {p:{x:1,y:1}} | {p:{x:5,y:2}} | {p:{x:3,y:4}} | {p:{x:5,y:4}}
a name before any name                          | {p:{list:5}} | {p:{list:3}} | {p:{list:4}} | {p:{list:3}}
any item, by its id | {l:[{id:1,n:5,m:5}]} | {l:[{id:1,n:4,m:5}]} | {l:[{id:1,n:3,m:1}]} | {l:[{id:1,n:2,m:1}]}
any item, also where it moved | {l:[{id:1,n:5},{id:2}]} | {l:[{id:2},{id:1,n:4}]}
  | {l:[{id:1,n:3},{id:2}]} | {l:[{id:2},{id:1,n:2}]}
a member of an item that has none | {l:[{id:1,k:1}]} | {l:[{id:1,k:2}]} | {l:[{id:1,k:3}]} | {l:[{id:1,k:3}]} | /l/0/k
any item that theirs removed and mine edited    | {d:<1=0 2>} | {d:<1=5 2>}  | {d:<2>}      | {d:<1=5 2>}
any item that mine removed and theirs edited    | {d:<1=0 2>} | {d:<2>}      | {d:<1=6 2>}  | {d:<2>}
items without an id have no places of their own | {l:[{n:5}]} | {l:[{n:4}]}  | {l:[{n:3}]}  | {l:[{n:3}]}  | /l
a place below one of any name | {q:{x:{v:1,w:1}}} | {q:{x:{v:2,w:2}}} | {q:{x:{v:3,w:3}}} | {q:{x:{v:2,w:3}}} | /q/x/w
two patterns: the one that names more, from the left | {q:{z:{v:1}}} | {q:{z:{v:2}}} | {q:{z:{v:3}}} | {q:{z:{v:3}}}
reject, among others of any name                | {p:{hard:1}} | {p:{hard:2}} | {p:{hard:3}} | {p:{hard:3}} | /p/hard
reject goes into objects, as without it | {p:{hard:{a:1,b:1}}} | {p:{hard:{a:2,b:1}}}
  | {p:{hard:{a:1,b:2}}} | {p:{hard:{a:2,b:2}}}
a name that has to be escaped                   | {"a/b":1}   | {"a/b":5}    | {"a/b":3}    | {"a/b":5}
`,
  {
    policies: {
      "/p/*": "max",
      "/p/list": "min",
      "/p/hard": "reject",
      "/l/*/n": "sum",
      "/d/*": "mine",
      "/q/*/v": "mine",
      "/q/z/*": "theirs",
      "/a~1b": "max",
    },
  },
);

const functions = mergeCases(
  `
a function decides                                  | {f:1} | {f:2} | {f:3} | {f:[1,2,3]}
a function is not asked where one side changed it   | {f:1} | {f:1} | {f:3} | {f:3}
a function is not asked where both changed it alike | {f:1} | {f:3} | {f:3} | {f:3}
a function sees what is absent                      | {f:1} | {f:2} | {}    | {f:[1,2,"absent"]}
a function that gives nothing                       | {g:1} | {g:2} | {g:3} | {g:3}              | /g
a function that gives null                          | {h:1} | {h:2} | {h:3} | {h:null}
`,
  {
    policies: {
      "/f": ({ base = "absent", mine = "absent", theirs = "absent" }) => [base, mine, theirs],
      "/g": () => undefined,
      "/h": () => null,
    },
  },
);

export const policyCases: readonly MergeCase[] = [
  ...sums,
  ...extremes,
  ...unions,
  ...sides,
  ...whole,
  ...patterns,
  ...functions,
];
