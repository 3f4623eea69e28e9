import { createServer } from "node:http";
import { runShop } from "@unclash/app-shop";
import { mount } from "@unclash/node";

await runShop((unclash) => createServer(mount(unclash, { fallthrough: false })));
