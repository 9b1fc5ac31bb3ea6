"""The sheet drawn at each evaluation: real sketches, the model's copies of them, and new drawings."""

import numpy as np

from sketch_rnn_tf import rendering
from sketch_rnn_tf.generation.sampling import Sampler

NUM_DRAWINGS = 9
TEMPERATURE = 0.4


class SampleSheet:
    """Draws the same sheet again and again while a model trains: same sketches, same seed.

    Args:
        network: the model.
        metadata: scale factor, Nmax and start token of the run.
        dataset: its validation sketches are the real ones, spread evenly so that every class of a labelled set is seen.
    """

    def __init__(self, network, metadata, dataset):
        self.sampler = Sampler(network, metadata.scale_factor, metadata.start_token)
        sketches, class_ids = dataset.sketches["valid"], np.asarray(dataset.class_ids["valid"])
        places = np.unique(np.linspace(0, len(sketches) - 1, min(NUM_DRAWINGS, len(sketches))).astype(int))
        self.real, self.class_ids = [sketches[place] for place in places], class_ids[places]
        self.options = {"temperature": TEMPERATURE, "seed": 0, "max_steps": metadata.n_max}

    def groups(self) -> list[tuple[str, list]]:
        """Returns titles and their sketches, in the order in which they stand on the sheet."""
        groups = [("real", self.real)]
        if self.sampler.network.conditional:
            groups.append(("redrawn", self.sampler.reconstruct(self.real, self.class_ids, **self.options)))
        groups.append(
            ("drawn by the model", self.sampler.generate(len(self.real), self.class_ids, **self.options))
        )
        return groups

    def __call__(self) -> tuple[str, bytes]:
        """Returns the sheet as SVG text and as PNG bytes."""
        groups = self.groups()
        return rendering.side_by_side_svg(groups), rendering.side_by_side_png(groups)
