"""sketch-rnn: a sequence-to-sequence variational autoencoder over pen strokes, or its decoder alone."""

import tensorflow as tf

from sketch_rnn_tf import checks
from sketch_rnn_tf.layers import (
    ClassVector,
    MixtureHead,
    RasterEncoder,
    Recurrence,
    StrokeEncoder,
    make_cell,
    noise,
)
from sketch_rnn_tf.layers.recurrences import packing
from sketch_rnn_tf.types import Batch, DecoderState, MixtureParams, Posterior, Prediction

STROKE_SIZE = 5


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class SketchRNN(tf.keras.Model):
    """Conditional (encoder, z, decoder) or decoder-only sketch-rnn.

    All weights exist after construction. A class vector, where asked for, is joined to the encoder's summary and to
    every decoder input; neither paper nor Magenta has one.

    With a raster encoder it is Sketch-pix2seq (Chen et al. 2017, trained without a KL term) or, with one, the VAE of a CNN
    encoder and an LSTM decoder of the article on many classes.

    Args:
        conditional: False for the decoder-only model, which starts from a zero state.
        encoder_cell, decoder_cell: "lstm", "layer_norm" or "hyper".
        encoder_units: size of each encoder direction.
        decoder_units: size of the decoder.
        z_size: Z; ignored when not conditional.
        num_mixtures: M.
        recurrent_dropout_rate: fraction of candidate values dropped, in encoder and decoder.
        input_dropout_rate, output_dropout_rate: fraction dropped of the decoder's inputs (z included) and outputs.
        class_conditioning: "none", "one_hot" or "embedding".
        raster_size: pixels a side of the image that the encoder reads; 0 for an encoder that reads strokes.
        raster_network, high_pass: as `network` and `high_pass` of `RasterEncoder`.
        num_classes: C; read only with class conditioning.
        class_embedding_size: width of an "embedding".
        product_dtype: "float32" or "bfloat16", the precision in which recurrent products read their operands.
        fused: as in `Recurrence`; False for XLA.

    Call arguments:
        inputs: a `Batch`.
        training: whether dropout is on.
        seed: int32 `[2]` that decides z and the dropout masks; drawn from TensorFlow's generator where None.
        num_steps: int32 `[B]`, as in `decode`.
        noise_z: standard normal noise of z, float32 `[B, Z]`, in place of noise of the seed.

    Returns:
        `Prediction`; its params at step t are for point t, given all points before.

    Raises:
        ValueError: an argument is out of range.

    Source: Ha & Eck 2017, section 3.2; magenta/models/sketch_rnn/model.py.
    """

    def __init__(
        self,
        conditional=True,
        encoder_cell="lstm",
        encoder_units=256,
        decoder_cell="lstm",
        decoder_units=512,
        z_size=128,
        num_mixtures=20,
        recurrent_dropout_rate=0.0,
        input_dropout_rate=0.0,
        output_dropout_rate=0.0,
        class_conditioning="none",
        num_classes=1,
        class_embedding_size=64,
        raster_size=0,
        raster_network="published",
        high_pass=False,
        product_dtype="float32",
        fused=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if conditional and z_size < 1:
            raise ValueError(f"z_size is {z_size}; expected at least 1")
        self._config = {
            "conditional": conditional,
            "encoder_cell": encoder_cell,
            "encoder_units": encoder_units,
            "decoder_cell": decoder_cell,
            "decoder_units": decoder_units,
            "z_size": z_size,
            "num_mixtures": num_mixtures,
            "recurrent_dropout_rate": recurrent_dropout_rate,
            "input_dropout_rate": input_dropout_rate,
            "output_dropout_rate": output_dropout_rate,
            "class_conditioning": class_conditioning,
            "num_classes": num_classes,
            "class_embedding_size": class_embedding_size,
            "raster_size": raster_size,
            "raster_network": raster_network,
            "high_pass": high_pass,
            "product_dtype": product_dtype,
            "fused": fused,
        }
        self.conditional = bool(conditional)
        self.z_size = int(z_size) if conditional else 0
        checks.fraction("input_dropout_rate", input_dropout_rate)
        self.input_dropout_rate = float(input_dropout_rate)
        checks.fraction("output_dropout_rate", output_dropout_rate)
        self.output_dropout_rate = float(output_dropout_rate)
        options = {"recurrent_dropout_rate": recurrent_dropout_rate, "product_dtype": product_dtype}

        self.class_vector = None
        if class_conditioning != "none":
            self.class_vector = ClassVector(num_classes, class_conditioning, class_embedding_size)
        if self.conditional:
            if raster_size:
                self.encoder = RasterEncoder(encoder_units, raster_size, raster_network, high_pass)
            else:
                self.encoder = StrokeEncoder(encoder_cell, encoder_units, fused=fused, **options)
            self.mu = _small_dense(self._posterior_size)
            self.log_var = _small_dense(self._posterior_size)
        self.decoder = self._make_decoder(decoder_cell, decoder_units, fused, options)
        if self.conditional:
            self.initial = _small_dense(sum(self.decoder.cell.state_size), activation="tanh")
        self.head = MixtureHead(num_mixtures)
        self.fitted_prior = None
        self.build(None)

    def _make_decoder(self, cell, units, fused, options):
        return Recurrence(
            make_cell(cell, units, **options),
            static_size=0 if self.input_dropout_rate else self._static_size,
            return_sequences=True,
            return_state=True,
            fused=fused,
        )

    @property
    def noise_size(self) -> int:
        """How many standard normal numbers a drawing takes: those of z, and of what else a model samples once a drawing."""
        return self.z_size

    @property
    def image_size(self) -> int:
        """Pixels a side of the images `encode_images` takes; 0 where the model reads strokes only."""
        return self.encoder.size if self.conditional and isinstance(self.encoder, RasterEncoder) else 0

    @property
    def _posterior_size(self) -> int:
        """How much of z has a posterior; the rest is a function of the sketch."""
        return self.z_size

    @property
    def _static_size(self) -> int:
        return self.z_size + (self.class_vector.width if self.class_vector else 0)

    def build(self, input_shape):
        class_width = 0
        if self.class_vector:
            self.class_vector.build((None,))
            class_width = self.class_vector.width
        if self.conditional:
            self.encoder.build((None, None, STROKE_SIZE))
            self.mu.build((None, 2 * self.encoder.units + class_width))
            self.log_var.build((None, 2 * self.encoder.units + class_width))
            self.initial.build((None, self.z_size))
        repeated = self._static_size if self.input_dropout_rate else 0
        self.decoder.build((None, None, STROKE_SIZE + repeated))
        self.head.build((None, None, self.decoder.cell.units))
        self.built = True

    def encode(self, strokes, lengths, class_id=None, training=False, seed=None) -> Posterior:
        """Encodes sketches (eq. 1 and 2).

        Args:
            strokes: float32 `[B, T, 5]`, without start token; what lies past `lengths` does not matter.
            lengths: int32 `[B]`.
            class_id: int32 `[B]`; read only with class conditioning.
            training: whether dropout is on.
            seed: int32 `[2]` that decides the dropout masks.

        Raises:
            ValueError: the model has no encoder.
        """
        if not self.conditional:
            raise ValueError(
                "a decoder-only model has no encoder; train with model.conditional=true to encode sketches"
            )
        mask = tf.sequence_mask(lengths, tf.shape(strokes)[1])
        summary = self.encoder(strokes, mask=mask, training=training, seed=seed)
        return self._posterior(summary, class_id)

    def encode_images(self, images, class_id=None) -> Posterior:
        """Encodes images, float32 `[B, size, size, 1]`, 0 for paper to 1 for ink; otherwise as `encode`.

        Raises:
            ValueError: the model's encoder does not read images.
        """
        self._require_images()
        return self._posterior(self.encoder.read(images), class_id)

    def _require_images(self) -> None:
        if not self.image_size:
            raise ValueError(
                "this model does not read images; train one with --preset=sketch_pix2seq, cnn_vae or ai_sketcher"
            )

    def _posterior(self, summary, class_id) -> Posterior:
        if self.class_vector:
            summary = tf.concat([summary, self.class_vector(class_id)], axis=-1)
        return Posterior(self.mu(summary), self.log_var(summary))

    @property
    def prior_noise_size(self) -> int:
        """How many standard normal numbers `prior` makes one z of."""
        return self.z_size if self.fitted_prior is None else self.fitted_prior.noise_size

    def prior(self, noise, class_id=None) -> tf.Tensor:
        """Returns z of the prior, float32 `[B, Z]`, from standard normal noise `[B, prior_noise_size]`.

        It is N(0, 1), unless a `MixturePrior` was put into `fitted_prior`.
        """
        prior = self.fitted_prior or self._own_prior
        return prior(noise, class_id)

    def _own_prior(self, noise, class_id):
        return noise

    def sampled(self, posterior: Posterior) -> Posterior:
        """Returns the part of a posterior that is one; here all of it."""
        return posterior

    def observe(self, posterior: Posterior, class_id) -> None:
        """Takes note of a training batch, for models whose `prior` is learned from what they saw."""

    def static_inputs(self, z, class_id=None) -> tf.Tensor | None:
        """Joins z `[B, Z]` and the class vector to what every decoder input carries, `[B, static]`, or None for nothing."""
        parts = [z] if self.conditional else []
        if self.class_vector:
            parts.append(self.class_vector(class_id))
        return tf.concat(parts, axis=-1) if parts else None

    def initial_cell_state(self, z, batch_size) -> tuple[tf.Tensor, ...]:
        """Returns tanh(W z + b) split into the cell's state, or zeros for a decoder-only model."""
        cell = self.decoder.cell
        if not self.conditional:
            return cell.zero_state(batch_size)
        return tuple(tf.split(self.initial(z), cell.state_size, axis=-1))

    def decode(self, inputs, z, class_id=None, training=False, seed=None, num_steps=None):
        """Runs the decoder over given points.

        Args:
            inputs: float32 `[B, T, 5]`, start token first.
            z: float32 `[B, Z]`; None for a decoder-only model.
            class_id: int32 `[B]`; read only with class conditioning.
            training: whether dropout is on.
            seed: int32 `[2]` that decides the dropout masks.
            num_steps: int32 `[B]`, the steps of each row that count; all do where None. The parameters of the others are 0,
                and they cost nothing.

        Returns:
            `MixtureParams` `[B, T, ...]`, and the cell's state after the last step that counts.
        """
        rows, width = tf.unstack(tf.shape(inputs)[:2])
        static = self.static_inputs(z, class_id)
        seeds = [None] * 3
        if training:
            seeds = tf.unstack(
                tf.random.experimental.stateless_split(noise.fresh_seed(seed), 3, alg="philox")
            )
        if self.input_dropout_rate:
            if static is not None:
                repeated = tf.repeat(static[:, None], width, axis=1)
                inputs, static = tf.concat([inputs, repeated], axis=-1), None
            if training:
                inputs = noise.dropout(inputs, self.input_dropout_rate, seeds[0])
        options = {
            "static": static,
            "initial_state": self.initial_cell_state(z, rows),
            "training": training,
            "seed": seeds[1],
        }
        if not self.decoder.fused:
            outputs, *state = self.decoder(inputs, **options)
            return self._parameters(outputs, training, seeds[2]), tuple(state)
        steps = tf.fill([rows], width) if num_steps is None else tf.minimum(num_steps, width)
        where = packing.of_lengths(steps, width)
        outputs, state = self.decoder.scan(where, where.pack(inputs), **options)
        params = self._parameters(outputs, training, seeds[2])
        return MixtureParams(*map(where.unpack, params)), state

    def _parameters(self, outputs, training, seed) -> MixtureParams:
        if training:
            outputs = noise.dropout(outputs, self.output_dropout_rate, seed)
        return self.head(outputs)

    def start(self, z, class_id=None, batch_size=None, seed=None, seen=None, max_steps=None) -> DecoderState:
        """Returns the state before the first step.

        Args:
            z: float32 `[B, Z]`; None for a decoder-only model.
            class_id: int32 `[B]`; read only with class conditioning.
            batch_size: B, needed where neither z nor a class gives it.
            seed: int32 `[B, 2]`, of what a model with an influence layer samples.
            seen: the sketches that such a model may look at while it draws, `(strokes [B, T, 5], lengths [B])`.
            max_steps: steps that will be taken at most, for models that look at what they have drawn.
        """
        static = self.static_inputs(z, class_id)
        if static is None:
            rows = batch_size
            products = self.decoder.cell.project(tf.zeros([rows, STROKE_SIZE]))
        else:
            rows = tf.shape(static)[0]
            products = self.decoder.cell.project(static, first_row=STROKE_SIZE)
        return DecoderState(self.initial_cell_state(z, rows), products)

    def decode_step(self, stroke, state: DecoderState) -> tuple[MixtureParams, DecoderState]:
        """Advances one point, without dropout.

        Args:
            stroke: float32 `[B, 5]`, the point before, in normalised units.
            state: from `start` or an earlier step.

        Returns:
            `MixtureParams` `[B, ...]` of the next point, and the next state.
        """
        of_stroke = self.decoder.cell.project(stroke)
        projection = tuple(a + b for a, b in zip(of_stroke, state.static))
        output, cell = self.decoder.cell.step(projection, state.cell)
        return self.head(output), DecoderState(cell, state.static)

    def consume(
        self, strokes, lengths, z, class_id=None, seed=None, max_steps=None
    ) -> tuple[tf.Tensor, DecoderState]:
        """Reads points that already stand, so that drawing can go on from them (section 4.4), without dropout.

        Rows of different length stop at their own last point; what lies past it does not matter.

        Args:
            strokes: float32 `[B, T, 5]`, start token first.
            lengths: int32 `[B]`, the rows that count, start token included; at least 1.
            z: float32 `[B, Z]`; None for a decoder-only model.
            class_id: int32 `[B]`; read only with class conditioning.
            seed, max_steps: as in `start`; steps count the given points. A model with an influence layer looks at these.

        Returns:
            the last given stroke `[B, 5]` and the state before it is read: what `decode_step` takes to draw the next point.
        """
        rows, steps = tf.unstack(tf.shape(strokes)[:2])

        def read(t, state):
            _, following = self.decode_step(strokes[:, t], state)
            active = t < lengths - 1

            def kept(new, old):
                if new is old:
                    return old
                chosen = tf.where(tf.reshape(active, [-1] + [1] * (len(old.shape) - 1)), new, old)
                chosen.set_shape(old.shape)
                return chosen

            return t + 1, tf.nest.map_structure(kept, following, state)

        seen = strokes[:, 1:], lengths - 1
        _, state = tf.while_loop(
            lambda t, _: t < steps - 1,
            read,
            (tf.constant(0), self.start(z, class_id, rows, seed, seen, max_steps)),
        )
        return tf.gather(strokes, lengths - 1, batch_dims=1), state

    def call(self, inputs: Batch, training=False, seed=None, num_steps=None, noise_z=None) -> Prediction:
        batch = Batch(*inputs)
        seeds = tf.unstack(tf.random.experimental.stateless_split(noise.fresh_seed(seed), 3, alg="philox"))
        posterior, z = None, None
        if self.conditional:
            posterior = self.encode(batch.strokes[:, 1:], batch.lengths, batch.class_id, training, seeds[0])
            if noise_z is None:
                noise_z = tf.random.stateless_normal(tf.shape(posterior.mu), seeds[1], alg="philox")
            z = sample_z(posterior, noise_z)
        params, _ = self.decode(batch.strokes[:, :-1], z, batch.class_id, training, seeds[2], num_steps)
        return Prediction(params, posterior)

    def get_config(self):
        return dict(self._config)


def sample_z(posterior: Posterior, noise_z: tf.Tensor) -> tf.Tensor:
    """Returns z = mu + exp(log_var / 2) * noise_z, float32 `[B, Z]` (Ha & Eck 2017, eq. 2)."""
    return posterior.mu + tf.exp(posterior.log_var / 2.0) * noise_z


def _small_dense(units, activation=None):
    return tf.keras.layers.Dense(
        units, activation=activation, kernel_initializer=tf.keras.initializers.RandomNormal(stddev=0.001)
    )
