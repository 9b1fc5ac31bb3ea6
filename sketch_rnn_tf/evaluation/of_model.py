"""A trained model's drawings and copies, measured."""

from typing import NamedTuple

from sketch_rnn_tf.evaluation import inputs, report
from sketch_rnn_tf.evaluation.judge import Judge
from sketch_rnn_tf.evaluation.latent_map import Latent
from sketch_rnn_tf.generation.completion import complete, cut
from sketch_rnn_tf.sketch_model import load_model
from sketch_rnn_tf.training import checkpoints, pretrained
from sketch_rnn_tf.training.workdir import Workdir, load_data

BEGINNING = 1 / 3  # of a real sketch's points, for the model to go on from


class Options(NamedTuple):
    """How a model is measured: number of drawings, temperatures of new ones and of copies, seed, split, checkpoint."""

    num: int = 2500
    temperature: float = 0.4
    copy_temperature: float = 0.1
    seed: int = 0
    split: str = "test"
    checkpoint: str = "best"


def measure_model(path, judge: Judge, sources=(), data_dir=None, options: Options | None = None):
    """Lets a model draw, copy and finish, and measures what it made.

    Args:
        path: a workdir, or "pretrained:NAME".
        judge: gives classes and features.
        sources: real sketches; the model's own data where empty.
        data_dir: where relative ones are looked up as well.
        options: how; the defaults where None.

    Returns:
        the measures of `report.measure`, `report.measure_copies` and `report.measure_completions`; settings to report with
        them; and the real sketches in the latent space, None where the model has no encoder.

    Raises:
        ValueError: the model names no data and none are given, or the judge does not know its classes.
    """
    options = options or Options()
    model = load_model(path, options.checkpoint)
    sources = tuple(sources) or model.config.data.sources
    if not sources:
        raise ValueError("the model names no data (it was imported); give real sketches with --real")
    real = inputs.real_of(load_data(model.config, model.metadata, data_dir, sources), options.split)
    test = inputs.limited(real.test, options.num, options.seed)
    names = None
    if model.class_conditional:
        names = [model.class_names[place % len(model.class_names)] for place in range(options.num)]
    drawn = model.generate(options.num, options.temperature, names, options.seed)
    if names is None and len(model.class_names) == 1 and model.class_names[0] in judge.class_names:
        names = [model.class_names[0]] * options.num
    measures = report.measure(judge, report.Labelled(drawn, names), test, real.train, options.seed)
    settings = {
        **options._asdict(),
        "model": str(path),
        "step": checkpoints.load(Workdir(pretrained.resolve(path)).checkpoints, options.checkpoint).info[
            "step"
        ],
        "num_real": len(test.drawings),
        "num_train": None if real.train is None else len(real.train.drawings),
    }
    beginnings, completed = _completions(model, test, options)
    measures |= report.measure_completions(judge, test, beginnings, completed, options.seed)
    if not model.network.conditional:
        return measures | report.without_copies("the model has no encoder"), settings, None
    names = test.names if model.class_conditional else None
    latent, _ = model.encode(test.drawings, names)
    copies = model.decode(latent, options.copy_temperature, options.seed, class_name=names)
    # The encoder reads points; a copy that ended at once has none, and is far from everything as a dot.
    readable = [copy if len(copy) else report.DOT for copy in copies]
    copied, _ = model.encode(readable, names)
    measures |= report.measure_copies(judge, test, copies, latent, copied, options.seed)
    return measures, settings, Latent(latent, test.drawings, test.names)


def _completions(model, test: report.Labelled, options: Options):
    """Returns the beginnings of real sketches, and how the model goes on with them, by a likely z each.

    A beginning's own z would say that the sketch is as short as it, and one of the prior alone another sketch than was begun.
    """
    beginnings = [cut(sketch, BEGINNING) for sketch in test.drawings]
    class_ids = model.class_ids(test.names if model.class_conditional else None, len(beginnings))
    z = model.sampler.likely(beginnings, class_ids, options.seed) if model.network.conditional else None
    given = model.options(temperature=options.temperature, seed=options.seed)
    return beginnings, complete(model, beginnings, z, class_ids, given)
