/** The scalar engine and the tensor engine are one idea: on the same graph they say the same. */

import { Tensor, Value } from "../../mod.ts";
import { assertClose } from "../support/closeness.ts";
import { engineLaw, RIGHT, tensorEngine, tensorWalker, valueEngine, valueWalker } from "../support/engines.ts";
import { programs, run, tensors, values } from "../support/programs.ts";
import { property, testLaw } from "../support/property.ts";

testLaw(engineLaw("Value", valueEngine), 300);
testLaw(engineLaw("Tensor", tensorEngine), 300);
testLaw(engineLaw("a walk over the graph of Values by hand", valueWalker(RIGHT)));
testLaw(engineLaw("a walk over the graph of Tensors by hand", tensorWalker(RIGHT)));

property("both engines compute the same, value and gradients, of the same graph", programs(), (program) => {
  for (const point of program.points) {
    const scalars = point.map((x) => new Value(x));
    const arrays = point.map((x) => Tensor.from(x, { requiresGrad: true }));
    const [scalar, array] = [run(program, values, scalars), run(program, tensors, arrays)];
    scalar.backward();
    array.backward();
    assertClose([array.item()], [scalar.data]);
    assertClose(arrays.map((x) => x.grad?.item() ?? 0), scalars.map((x) => x.grad));
  }
}, 300);

property("a tensor of many points computes at each what a scalar does", programs({ points: 4 }), (program) => {
  const columns = program.points[0]!.map((_, i) => program.points.map((point) => point[i]!));
  const inputs = columns.map((column) => Tensor.from(column, { requiresGrad: true }));
  const out = run(program, tensors, inputs);
  out.sum().backward();
  program.points.forEach((point, p) => {
    const scalars = point.map((x) => new Value(x));
    const scalar = run(program, values, scalars);
    scalar.backward();
    assertClose([out.data[p]!], [scalar.data]);
    assertClose(inputs.map((x) => x.grad?.data[p] ?? 0), scalars.map((x) => x.grad));
  });
});
