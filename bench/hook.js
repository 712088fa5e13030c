// The reference of the webhook bar: checks the signature, parses, answers 202, keeps nothing.
// node hook.js prints its port.
const { createHmac } = require("node:crypto");
const { createServer } = require("node:http");

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts);
    const signature = "sha256=" + createHmac("sha256", "secret").update(body).digest("hex");
    if (signature !== request.headers["x-hub-signature-256"]) {
      response.writeHead(401).end();
      return;
    }
    JSON.parse(body);
    response.writeHead(202).end("accepted");
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
