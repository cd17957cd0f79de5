"""nbconvert's configuration for `deno task notebooks`.

Runs the notebook and reports every cell as one line of JSON, which tools/jupyter/events.ts reads. It runs in the Python
of whichever Jupyter was found, with nbconvert 6 or 7. The cells after the first one that fails are left without
output, and the notebook is still written, so that one can see how far it got.
"""

import json
import sys

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.preprocessors import ExecutePreprocessor


def report(**event):
    """Writes a line of its own, even if the kernel left the previous line unfinished."""
    sys.stderr.write("\n@nabla " + json.dumps(event) + "\n")
    sys.stderr.flush()


class ReportCells(ExecutePreprocessor):
    failed = False

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type != "code" or not cell.source.strip():
            return cell, resources
        if self.failed:
            cell.outputs, cell.execution_count = [], None
            return cell, resources
        report(event="start", cell=index)
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
            report(event="done", cell=index)
        except CellExecutionError as error:
            said = [output for output in cell.outputs if output.output_type == "error"]
            last = said[-1] if said else {"ename": error.ename, "evalue": error.evalue, "traceback": []}
            self.stop("error", index, last["ename"], last["evalue"], last["traceback"])
        except CellTimeoutError:
            self.stop("timeout", index, "Timeout", "the cell ran longer than %d s" % self.timeout, [])
        except DeadKernelError:
            self.stop("died", index, "Kernel died", "Deno ended while running the cell", [])
        return cell, resources

    def stop(self, reason, index, name, message, traceback):
        self.failed = True
        report(event="failed", cell=index, reason=reason, name=name, message=message, traceback=list(traceback))


c = get_config()  # noqa: F821 (Jupyter's configuration files have it)
c.NotebookExporter.preprocessors = [ReportCells]
c.ReportCells.enabled = True
