// Azurite's blob service with the account and key of the environment, on a free port. Ends when its standard input does:
// also when the process that started it is killed. Says when it is ready, and a signature with which anything may be done.
const { createHmac } = require("node:crypto");

process.stdin.on("end", () => process.exit()).resume();

const [account, key] = process.env.AZURITE_ACCOUNTS.split(":");

// "Create an account SAS", of version 2020-12-06.
function signature() {
  const fields = { sp: "rwdlac", ss: "b", srt: "sco", st: "", se: "2099-01-01T00:00:00Z", sip: "", spr: "https,http", sv: "2020-12-06", ses: "" };
  const text = [account, ...Object.values(fields), ""].join("\n");
  const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value));
  query.set("sig", createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64"));
  return query.toString();
}

console.log = (line) => {
  const url = /successfully listens on (http:\S+)/.exec(line)?.[1];
  console.error(url ? `ready ${url} ${signature()}` : line);
};
process.argv.push("--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence", "--disableTelemetry", "--silent");
require("azurite/dist/src/blob/main.js");
