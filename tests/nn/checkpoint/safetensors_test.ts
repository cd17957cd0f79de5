import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn, Tensor, useDevice } from "../../../mod.ts";
import { assemble } from "../../support/damaged_files.ts";
import { inFolder } from "../../support/folders.ts";
import { SEED } from "../../support/seed.ts";

await useDevice("reference");

/** All kinds of float32 numbers: zeros of both signs, denormals, infinities, NaN. */
const float32 = fc.oneof(fc.float(), fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 2 ** -149, -(2 ** -130), 3.4e38));

const shape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 });
const tensor = shape.chain((shape) => {
  const length = shape.reduce((a, b) => a * b, 1);
  return fc.array(float32, { minLength: length, maxLength: length }).map((numbers) => ({ shape, numbers }));
});

/** Tensors under any names, including those of properties that all objects have. */
const files = fc.record({
  tensors: fc.uniqueArray(
    fc.tuple(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "constructor")), tensor),
    {
      selector: ([name]) => name,
      maxLength: 5,
    },
  ).map((entries) => entries.filter(([name]) => name !== "__metadata__")),
  metadata: fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
});

/** The bits of numbers: −0 is not 0, and NaN is NaN. */
function bits(numbers: ArrayLike<number>): number[] {
  return [...new Uint32Array(Float32Array.from(numbers).buffer)];
}

Deno.test("tensors are read back bit for bit, whatever the names and numbers", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file.safetensors`;
    const law = fc.asyncProperty(files, async ({ tensors, metadata }) => {
      const state = Object.fromEntries(tensors.map(([name, { shape, numbers }]) => {
        return [name, Tensor.from(Float32Array.from(numbers), { shape })];
      }));
      await nn.writeSafetensors(path, state, { metadata });
      const read = await nn.readSafetensors(path);
      assert.deepEqual(Object.keys(read.tensors).sort(), Object.keys(state).sort());
      for (const [name, { shape, numbers }] of tensors) {
        const found = Object.getOwnPropertyDescriptor(read.tensors, name)?.value as Tensor; // such as "__proto__"
        assert.deepEqual([found.shape, bits(found.data)], [shape, bits(numbers)]);
      }
      assert.deepEqual(Object.entries(read.metadata), Object.entries(metadata));
    });
    await fc.assert(law, { seed: SEED, numRuns: 100 });
  }));

Deno.test("an exact file keeps every bit of float64", () =>
  inFolder(async (folder) => {
    const numbers = [Math.PI, 1 / 3, 1e300, 5e-324, -0];
    await nn.writeSafetensors(`${folder}/exact`, { x: Tensor.from(numbers) }, { exact: true });
    await nn.writeSafetensors(`${folder}/short`, { x: Tensor.from(numbers) });
    const read = async (name: string) => [...(await nn.readSafetensors(`${folder}/${name}`)).tensors["x"]!.data];
    assert.deepEqual(await read("exact"), numbers);
    assert.deepEqual(await read("short"), numbers.map(Math.fround));
  }));

Deno.test("the bytes follow the format: length, header, padding, and numbers in the order of their names", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file.safetensors`;
    await nn.writeSafetensors(path, { b: Tensor.from([2]), a: Tensor.from([[1]]) }, { metadata: { format: "pt" } });
    const header = '{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},' +
      '"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}';
    const bytes = await Deno.readFile(path);
    const length = Math.ceil(header.length / 8) * 8;
    assert.deepEqual([...bytes.subarray(0, 8)], [length, 0, 0, 0, 0, 0, 0, 0]);
    assert.equal(new TextDecoder().decode(bytes.subarray(8, 8 + length)), header.padEnd(length));
    assert.deepEqual([...bytes.subarray(8 + length)], [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]); // 1 and 2
  }));

Deno.test("a reader may choose tensors", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file.safetensors`;
    await nn.writeSafetensors(path, { a: Tensor.from([1]), b: Tensor.from([[2, 3]]), c: Tensor.from([4]) });
    const { tensors } = await nn.readSafetensors(path, (entries) => {
      assert.deepEqual([...entries].map(([name, { shape }]) => [name, shape]), [["a", [1]], ["b", [1, 2]], ["c", [1]]]);
      return ["c", "b"];
    });
    assert.deepEqual(Object.entries(tensors).map(([name, x]) => [name, x.toArray()]), [["c", [4]], ["b", [[2, 3]]]]);
  }));

Deno.test("a tensor of an unknown type matters only if it is requested; all others can be read", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    const header = {
      scale: { dtype: "F8_E8M0", shape: [3], data_offsets: [0, 3] },
      half: { dtype: "F4", shape: [2], data_offsets: [3, 4] }, // half a byte for each number
      counts: { dtype: "U16", shape: [2], data_offsets: [4, 8] },
    };
    await Deno.writeFile(path, assemble(JSON.stringify(header), Uint8Array.of(1, 2, 3, 4, 5, 0, 255, 255)));
    const { entries } = await nn.readSafetensorsHeader(path);
    assert.deepEqual([...entries.keys()], ["scale", "half", "counts"]);
    const { tensors } = await nn.readSafetensors(path, () => ["counts"]);
    assert.deepEqual(tensors["counts"]?.toArray(), [5, 65535]);
    await assert.rejects(nn.readSafetensors(path), {
      name: "SafetensorsError",
      message: /are the types that can be read, not that of "scale": "F8_E8M0"$/,
    });
    await assert.rejects(nn.readSafetensors(path, () => ["more"]), /must hold the requested tensor: more/);
  }));

Deno.test("tensors that could not be read again are rejected, and the good file stays", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    const good = { a: Tensor.from([1]) };
    await nn.writeSafetensors(path, good, { metadata: { epoch: "2" } });
    // These calls skip type checks, as in a notebook.
    // deno-lint-ignore no-explicit-any
    const write = nn.writeSafetensors as (...given: any[]) => Promise<void>;
    await assert.rejects(write(path, good, { metadata: { epoch: 3 } }), {
      name: "TypeError",
      message: 'Cannot write safetensors, as the option "metadata" must be an object of strings: { epoch: 3 }',
    });
    await assert.rejects(write(path, { ...good, __metadata__: Tensor.from([2]) }), {
      name: "TypeError",
      message: /^Cannot write safetensors, as no tensor must be named "__metadata__"/,
    });
    await assert.rejects(write(path, { a: [1] }), /^TypeError: .*"tensors" must be an object of tensors/);
    await assert.rejects(write(path, good, { exakt: true }), /there is no option "exakt"/);
    const { tensors, metadata } = await nn.readSafetensors(path);
    assert.deepEqual([tensors["a"]?.toArray(), metadata], [[1], { epoch: "2" }]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["file"]);
  }));

Deno.test("tensors are read in the order of the file and returned in the order of the choice", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    const large = Tensor.arange(1_200_000); // more than is read at once
    await nn.writeSafetensors(path, { a: Tensor.from([1]), b: large, c: Tensor.zeros([0]), d: Tensor.from([2, 3]) });
    const { tensors } = await nn.readSafetensors(path, () => ["d", "c", "a", "b"]);
    assert.deepEqual(Object.keys(tensors), ["d", "c", "a", "b"]);
    assert.deepEqual([tensors["a"], tensors["c"], tensors["d"]].map((x) => x?.toArray()), [[1], [], [2, 3]]);
    assert.deepEqual(tensors["b"]!.data, large.data);
  }));

Deno.test("the metadata is known before any tensor is read, so that a caller may reject the file", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    await nn.writeSafetensors(path, { a: Tensor.from([1]) }, { metadata: { kind: "other" } });
    const refusing = nn.readSafetensors(path, (_, metadata) => {
      throw new Error(`of another kind: ${metadata["kind"]}`);
    });
    await assert.rejects(refusing, /of another kind: other/);
  }));

/** The number of file reads of a piece of code. */
async function countReads(f: () => Promise<unknown>): Promise<number> {
  const { read } = Deno.FsFile.prototype;
  let reads = 0;
  Deno.FsFile.prototype.read = function (bytes) {
    reads++;
    return read.call(this, bytes);
  };
  try {
    await f();
  } finally {
    Deno.FsFile.prototype.read = read;
  }
  return reads;
}

Deno.test("many small tensors are read together, including empty ones", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    const entry = { dtype: "F32", shape: [0], data_offsets: [0, 0] };
    const header = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`t${i}`, entry]));
    await Deno.writeFile(path, assemble(JSON.stringify(header), new Uint8Array(0)));
    assert.ok(await countReads(() => nn.readSafetensors(path)) < 10);
    const tensors = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`t${i}`, Tensor.from([i])]));
    await nn.writeSafetensors(path, tensors);
    assert.ok(await countReads(() => nn.readSafetensors(path)) < 10);
  }));

Deno.test("a missing file is Deno's own error", async () => {
  await assert.rejects(nn.readSafetensors("/nowhere/model.safetensors"), Deno.errors.NotFound);
});
