"""Named tuples that travel between rooms, and the axis letters every docstring uses.

B: sketches in a batch.  T: time steps, padded.  N: points of one sketch.  Z: size of the latent vector.
M: mixture components.  H: units of a recurrent layer.  C: classes.  S: size of a decoder's flat state.
A: size of the encoder's states that an influence layer reads.

stroke-3 is `(dx, dy, pen_lifted_after_this_point)`; stroke-5 is `(dx, dy, p1, p2, p3)` with a one-hot pen state:
p1 the pen stays down, p2 it is lifted after this point, p3 the drawing has ended (Ha & Eck 2017, section 3.1).
"""

from typing import Any, NamedTuple

START_TOKEN = (0.0, 0.0, 1.0, 0.0, 0.0)  # the decoder's first input (Ha & Eck 2017, section 3.2)


class Batch(NamedTuple):
    """A padded batch of sketches in normalised units.

    Attributes:
        strokes: float32 `[B, T + 1, 5]`; row 0 is the start token, row i + 1 the i-th point, padding is (0, 0, 0, 0, 1).
        lengths: int32 `[B]`, the number of real points, 1 to T.
        class_id: int32 `[B]`, 0 to C - 1; all zero where the data have one class.
        index: int32 `[B]`, each sketch's place in its split; it keys noise in evaluation and names sketches in errors.
    """

    strokes: Any
    lengths: Any
    class_id: Any
    index: Any


class MixtureParams(NamedTuple):
    """What the decoder says about the next point (Ha & Eck 2017, eq. 5 and 6), before exp, tanh and softmax.

    Kept in log space, so that no density is formed before it must be.

    Attributes:
        pi_logits: `[..., M]`, unnormalised log mixture weights.
        mu1, mu2: `[..., M]`, means of dx and dy.
        log_sigma1, log_sigma2: `[..., M]`, logs of the standard deviations.
        rho_logits: `[..., M]`, atanh of the correlations.
        pen_logits: `[..., 3]`, unnormalised log probabilities of p1, p2, p3.
    """

    pi_logits: Any
    mu1: Any
    mu2: Any
    log_sigma1: Any
    log_sigma2: Any
    rho_logits: Any
    pen_logits: Any


class Posterior(NamedTuple):
    """What the encoder believes of z: `mu` and `log_var`, float32 `[B, Z]` (Ha & Eck 2017, eq. 2)."""

    mu: Any
    log_var: Any


class Prediction(NamedTuple):
    """A teacher-forced pass: `params` `[B, T, ...]`, and the `posterior`, None for a decoder-only model.

    AI-Sketcher adds mu_a of its influence layer, `[B, T, A]`, and the images its autoencoder `(made, saw)`, `[B, H, W, 1]`.
    """

    params: MixtureParams
    posterior: Posterior | None
    influence: Any = None
    images: tuple[Any, Any] | None = None


class DecoderState(NamedTuple):
    """What stepping carries from point to point.

    Attributes:
        cell: the recurrent cell's state.
        static: the input products of z and class, formed once a drawing.
        influence: what an influence layer looks at.
    """

    cell: tuple[Any, ...]
    static: tuple[Any, ...]
    influence: tuple[Any, ...] = ()
