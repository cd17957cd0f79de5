import { contiguous } from "../kernels/view.ts";
import { Tensor } from "../autograd/mod.ts";

/**
 * A copy of a tensor's numbers on the device of another tensor: changing the copy in place changes nothing else.
 *
 * @throws If either device has ended.
 */
export function copyBeside(beside: Tensor, values: Tensor): Tensor {
  const { kernels } = beside;
  const storage = values.kernels === kernels ? kernels.copy(values.view) : kernels.write(values.data);
  return new Tensor(kernels, contiguous(storage, values.shape));
}
