import assert from "node:assert/strict";
import { installDebianPackages, isDebian } from "../../../tools/jupyter/debian.ts";
import { machine } from "../machine.ts";

const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n';
const mint = 'NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n';
const fedora = 'NAME="Fedora Linux"\nID=fedora\nHOME_URL="https://example.org/not-debian"\n';
const asRoot = "env DEBIAN_FRONTEND=noninteractive apt-get -q";

Deno.test("Debian and systems based on it are recognised", () => {
  assert.deepEqual([debian, mint, fedora, ""].map(isDebian), [true, true, false, false]);
});

Deno.test("root installs directly, other users with a sudo that needs no password", async () => {
  const root = machine({ [asRoot]: {} });
  assert.equal(await installDebianPackages(debian, true, root.run), undefined);
  assert(root.ran.at(-1)?.includes("install -y --no-install-recommends jupyter-notebook jupyter-nbconvert"));

  const user = machine({ "sudo -n": {} });
  assert.equal(await installDebianPackages(debian, false, user.run), undefined);
  assert(user.ran.every((line) => line.startsWith("sudo -n ")));
});

Deno.test("without root, without sudo, or elsewhere, nothing is run", async () => {
  const user = machine({ "sudo -n": { code: 1 }, [asRoot]: {} });
  assert.match(await installDebianPackages(debian, false, user.run) ?? "", /need root, or sudo/);
  assert.deepEqual(user.ran, ["sudo -n true"]);
  const elsewhere = machine({ [asRoot]: {} });
  assert.match(await installDebianPackages(fedora, true, elsewhere.run) ?? "", /neither Debian nor Ubuntu/);
  assert.deepEqual(elsewhere.ran, []);
});

Deno.test("if the list of packages cannot be updated, the installation is still tried", async () => {
  const stale = machine({ [`${asRoot} update`]: { code: 100 }, [`${asRoot} install`]: {} });
  assert.equal(await installDebianPackages(debian, true, stale.run), undefined);
  const offline = machine({ [asRoot]: { code: 100, stderr: "Unable to fetch" } });
  assert.match(await installDebianPackages(debian, true, offline.run) ?? "", /could not install/);
});
