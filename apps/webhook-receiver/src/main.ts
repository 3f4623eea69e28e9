import { createServer } from "node:http";
import { recentIds, verifyWebhook } from "unclash/webhook";

const { PORT: port = "4000", WEBHOOK_SECRET: secret } = process.env;
if (secret === undefined) throw new Error("WEBHOOK_SECRET must be the secret that the subscription was answered with.");
const bytesMax = 1_048_576;
const isNew = recentIds();

const server = createServer((request, response) => {
  const { headers } = request;
  const chunks: Buffer[] = [];
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > bytesMax) request.destroy();
  });
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    if (!verifyWebhook({ secret, headers, body })) return void response.writeHead(401).end();
    response.writeHead(204).end();
    if (!isNew(String(headers["webhook-id"]))) return;
    const { type, subject, data } = JSON.parse(body.toString());
    console.log(`${type} ${subject ?? "-"} version ${data?.version ?? "-"}`);
  });
});

server.listen(Number(port), () => console.log(`listening on ${JSON.stringify(server.address())}`));
