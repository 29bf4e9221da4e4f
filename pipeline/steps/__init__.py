"""What makes each table: frames of one batch in, one frame out.

One module per group of tables, in reading order. A step's parameters name the tables it reads (`files` is the batch's
slice of that table); its body turns rows into calls of the pure functions under `text/` and results back into rows.
How a text is understood belongs there, when a step runs in `batches.py`, what must be true of a table in `checks.py`.
"""

from pipeline.steps import annotate, clean, counts, insight, intake, publish, register
from pipeline.steps.step import STEPS, Context, Stage, Step, reads

__all__ = [
    "STEPS",
    "Context",
    "Stage",
    "Step",
    "annotate",
    "clean",
    "counts",
    "insight",
    "intake",
    "publish",
    "reads",
    "register",
]
