import * as fc from "fast-check";
import assert from "node:assert/strict";
import { FileError, readBounded } from "../../nn/files.ts";
import { inFolder } from "../support/folders.ts";
import { SEED } from "../support/seed.ts";

Deno.test("a file within the limit is read completely, and a larger one is rejected by its path and size", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    const law = fc.asyncProperty(fc.uint8Array({ maxLength: 99 }), fc.nat(99), async (bytes, most) => {
      await Deno.writeFile(path, bytes);
      if (bytes.length <= most) assert.deepEqual([...await readBounded(path, "read numbers", most)], [...bytes]);
      else {
        await assert.rejects(readBounded(path, "read numbers", most), {
          name: "FileError",
          message: `Cannot read numbers from "${path}", as the file must have at most ${most} bytes: ` +
            `it has ${bytes.length}`,
        });
      }
    });
    await fc.assert(law, { seed: SEED, numRuns: 50 });
  }));

Deno.test("a file of unknown size is read to its end, but not beyond the limit", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const whole = await Deno.readFile("/proc/cpuinfo");
  assert.equal((await Deno.stat("/proc/cpuinfo")).size, 0);
  const read = await readBounded("/proc/cpuinfo", "read", 1e7);
  assert.ok(read.length > 0 && Math.abs(read.length - whole.length) < whole.length / 10); // clock rates change
  await assert.rejects(readBounded("/proc/cpuinfo", "read", 10), /at most 10 bytes: it has more/);
});

Deno.test("a FIFO, a device and a directory are rejected at once, even behind a link", {
  ignore: Deno.build.os === "windows",
}, () =>
  inFolder(async (folder) => {
    await new Deno.Command("mkfifo", { args: [`${folder}/fifo`] }).output();
    await Deno.symlink("/dev/zero", `${folder}/link`);
    for (
      const [path, kind] of [[`${folder}/fifo`, "a FIFO"], [`${folder}/link`, "a device"], [folder, "a directory"]]
    ) {
      await assert.rejects(readBounded(path!, "read a vocabulary", 100), (error: unknown) => {
        assert.ok(error instanceof FileError);
        assert.equal(
          error.message,
          `Cannot read a vocabulary from "${path}", as it must be a regular file: it is ${kind}`,
        );
        return true;
      });
    }
  }));

Deno.test("a missing file is Deno's own error, with its path", async () => {
  await assert.rejects(readBounded("/nowhere/at all", "read", 1), (error: unknown) => {
    assert.ok(error instanceof Deno.errors.NotFound);
    assert.match(error.message, /\/nowhere\/at all/);
    return true;
  });
});
