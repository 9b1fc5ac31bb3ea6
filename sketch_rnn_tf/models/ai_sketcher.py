"""AI-Sketcher: a conditional sequence VAE that also knows a sketch as an image and looks at its input while it draws."""

import tensorflow as tf

from sketch_rnn_tf import checks
from sketch_rnn_tf.config import INFLUENCE_READS
from sketch_rnn_tf.data.rasterize import rasterize
from sketch_rnn_tf.layers import ImageDecoder, InfluencedDecoder, RasterEncoder, noise
from sketch_rnn_tf.layers.influence import turn, turned
from sketch_rnn_tf.layers.recurrences import packing
from sketch_rnn_tf.models.sketch_rnn import STROKE_SIZE, SketchRNN, sample_z
from sketch_rnn_tf.types import Batch, DecoderState, MixtureParams, Posterior, Prediction

INKED = 0.5  # coverage from which a pixel of a binarised image is ink
CODE_LOG_VAR = -40.0  # of the part of z that is no sample: exp(-20) is nothing to a float32
CODE_MEMORY = 0.999  # what a sketch leaves of the running mean and variance of its class' codes
SEED_OF_INFLUENCE = (0, 2**30 + 1)


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class AISketcher(SketchRNN):
    """AI-Sketcher (Cao et al. 2019); each of its two parts can be switched off, and without both it is a conditional sketch-rnn.

    z is `[z_s; z_r]`: z_s has a posterior, z_r is the code of the sketch's binarised image, a function of it. At each step the
    decoder reads `[s; a_d; z; c]`. Where there is no input sketch, z_r is drawn from a normal distribution with the mean and
    variance that the codes of its class had in training; the paper does not say what it takes.

    The influence layer looks at the encoder's states "until the latest drawing step". As printed these are of both directions
    (n_a 512, of an encoder of 512 nodes), and the backward half of each knows the points to come: a decoder that is trained
    so leans on them and cannot draw without an input sketch. So the default, `influence_reads` "forward", takes the forward half
    alone, which while drawing is what stands so far, read as in training. With "both" an input sketch is looked at, an unfinished one
    too, and where there is none a_d is a sample of its prior N(0, 1).

    Args:
        influence: whether there is an influence layer; it wants `decoder_cell` "layer_norm".
        influence_reads: "forward" or "both".
        autoencoder: whether there is an image autoencoder.
        code_size: size of z_r, even.
        autoencoder_size: pixels a side of the image, a multiple of 8.
        freeze_autoencoder: whether L_R leaves the autoencoder alone, which was trained first.
        z_size: size of z_s; the model's own `z_size` counts z_r too.
        options: as in `SketchRNN`, always conditional.

    Raises:
        ValueError: an argument is out of range.

    Source: Cao et al. 2019, "AI-Sketcher: A Deep Generative Model for Producing High-Quality Sketches".
    """

    def __init__(
        self,
        influence=True,
        influence_reads="forward",
        autoencoder=True,
        code_size=128,
        autoencoder_size=128,
        freeze_autoencoder=False,
        z_size=256,
        **options,
    ):
        if code_size < 2 or code_size % 2:
            raise ValueError(f"code_size is {code_size}; expected an even number of at least 2")
        checks.one_of("influence_reads", influence_reads, INFLUENCE_READS)
        if influence and options.get("decoder_cell") != "layer_norm":
            raise ValueError(
                f"decoder_cell is {options.get('decoder_cell')!r}; the influence layer wants layer_norm, as in the paper"
            )
        if influence and options.get("encoder_cell", "lstm").startswith("tfa:"):
            raise ValueError(
                f"encoder_cell is {options['encoder_cell']!r}; the influence layer wants one of this package's cells"
            )
        if influence and (options.get("input_dropout_rate") or not options.get("fused", True)):
            raise ValueError(
                "the influence layer has neither input dropout nor an unfused path; leave both out"
            )
        # Plain values, so that Keras lets them stand before its own start; the layers that follow from them come after.
        self._has_influence, self._has_autoencoder = bool(influence), bool(autoencoder)
        self._reads_both = influence_reads == "both"
        self._code_size = int(code_size) if autoencoder else 0
        self._autoencoder_size = int(autoencoder_size)
        self._freeze = bool(freeze_autoencoder)
        super().__init__(z_size=z_size + self._code_size, **options)
        self._config |= {
            "influence": influence,
            "influence_reads": influence_reads,
            "autoencoder": autoencoder,
            "code_size": code_size,
            "autoencoder_size": autoencoder_size,
            "freeze_autoencoder": freeze_autoencoder,
            "z_size": z_size,
        }

    def build(self, input_shape):
        if self._has_autoencoder:
            self.image_encoder = RasterEncoder(self._code_size // 2, self._autoencoder_size)
            self.image_decoder = ImageDecoder(self._autoencoder_size)
            self.image_encoder.build((None, None, STROKE_SIZE))
            self.image_decoder.build((None, self._code_size))
            classes = self.class_vector.num_classes if self.class_vector else 1
            self.code_mean = self.add_weight(
                name="code_mean", shape=(classes, self._code_size), initializer="zeros", trainable=False
            )
            self.code_variance = self.add_weight(
                name="code_variance", shape=(classes, self._code_size), initializer="ones", trainable=False
            )
        super().build(input_shape)

    @property
    def noise_size(self):
        return self.z_size + (self.decoder.memory_size if self._has_influence else 0)

    @property
    def image_size(self):
        return self._autoencoder_size if self._has_autoencoder else 0

    @property
    def _posterior_size(self):
        return self.z_size - self._code_size

    def _make_decoder(self, cell, units, fused, options):
        if not self._has_influence:
            return super()._make_decoder(cell, units, fused, options)
        size = (1 + self._reads_both) * self.encoder.units
        return InfluencedDecoder(units, size, self._static_size, **options)

    def encode(self, strokes, lengths, class_id=None, training=False, seed=None) -> Posterior:
        return self._read(strokes, lengths, class_id, training, seed)[0]

    def encode_images(self, images, class_id=None) -> Posterior:
        """Encodes images: z_r is their code, and z_s, of which they say nothing, has its prior."""
        self._require_images()
        code = self.image_encoder.read(_binarised(images))
        prior = tf.zeros([tf.shape(images)[0], self._posterior_size])
        return self._with_code(Posterior(prior, prior), code)

    def _read(self, strokes, lengths, class_id, training, seed):
        """Returns the posterior, the encoder's states `[B, T, A]` or None, and the image `[B, H, W, 1]` or None."""
        mask = tf.sequence_mask(lengths, tf.shape(strokes)[1])
        states, image = None, None
        if self._has_influence:
            summary, states = self.encoder.states(strokes, mask, training, seed)
            states = states[..., : self.decoder.memory_size]
        else:
            summary = self.encoder(strokes, mask=mask, training=training, seed=seed)
        posterior = self._posterior(summary, class_id)
        if self._has_autoencoder:
            image = _binarised(tf.stop_gradient(rasterize(strokes, lengths, self._autoencoder_size)))
            posterior = self._with_code(posterior, self.image_encoder.read(image))
        return posterior, states, image

    def _with_code(self, posterior, code) -> Posterior:
        return Posterior(
            tf.concat([posterior.mu, code], axis=-1),
            tf.concat([posterior.log_var, tf.fill(tf.shape(code), CODE_LOG_VAR)], axis=-1),
        )

    def sampled(self, posterior: Posterior) -> Posterior:
        """Returns the part of the posterior that is one, that of z_s."""
        return Posterior(*(part[:, : self._posterior_size] for part in posterior))

    def _own_prior(self, noise_z, class_id):
        if not self._has_autoencoder:
            return noise_z
        size = self._posterior_size
        mean, variance = (
            tf.convert_to_tensor(table)[:1]
            if self.class_vector is None
            else tf.matmul(self._shares(class_id), tf.convert_to_tensor(table))
            for table in (self.code_mean, self.code_variance)
        )
        code = tf.clip_by_value(mean + tf.sqrt(variance) * noise_z[:, size:], -1.0, 1.0)
        return tf.concat([noise_z[:, :size], code], axis=-1)

    def observe(self, posterior: Posterior, class_id) -> None:
        """Takes the codes of a training batch into the mean and variance of their classes, which `prior` draws from."""
        if not self._has_autoencoder:
            return
        codes = posterior.mu[:, self._posterior_size :]
        shares = self._shares(class_id) if self.class_vector else tf.ones([tf.shape(codes)[0], 1])
        counts = tf.reduce_sum(shares, axis=0)[:, None]  # [C, 1]
        gained = 1.0 - tf.pow(CODE_MEMORY, counts)
        mean = tf.convert_to_tensor(self.code_mean)
        variance = tf.convert_to_tensor(self.code_variance)
        of_batch = tf.math.divide_no_nan(tf.matmul(shares, codes, transpose_a=True), counts)
        apart = tf.square(codes - tf.matmul(shares, mean))
        of_spread = tf.math.divide_no_nan(tf.matmul(shares, apart, transpose_a=True), counts)
        self.code_mean.assign(mean + gained * (of_batch - mean))
        self.code_variance.assign(variance + gained * (of_spread - variance))

    def _shares(self, class_id):
        shares = tf.convert_to_tensor(class_id)
        if shares.dtype.is_floating:
            return shares
        return tf.one_hot(tf.cast(shares, tf.int32), self.class_vector.num_classes)

    def decode(
        self,
        inputs,
        z,
        class_id=None,
        training=False,
        seed=None,
        num_steps=None,
        states=None,
        lengths=None,
        noise_a=None,
    ):
        """Runs the decoder over given points; otherwise as `SketchRNN.decode`.

        Args:
            states: the encoder's, float32 `[B, N, A]`; None for no input sketch.
            lengths: int32 `[B]`, how many of them are real.
            noise_a: lambda_a of each drawing, `[B, A]`; in training each step has its own, from `seed`; 0 where None.
        """
        if not self._has_influence:
            return super().decode(inputs, z, class_id, training, seed, num_steps)
        params, _, state = self._influenced(
            inputs, z, class_id, training, seed, num_steps, states, lengths, noise_a
        )
        return params, state

    def _influenced(self, inputs, z, class_id, training, seed, num_steps, states, lengths, noise_a):
        rows, width = tf.unstack(tf.shape(inputs)[:2])
        size = self.decoder.memory_size
        if states is None:
            states, lengths = tf.zeros([rows, 1, size]), tf.zeros([rows], tf.int32)
        steps = tf.fill([rows], width) if num_steps is None else tf.minimum(num_steps, width)
        where = packing.of_lengths(steps, width)
        packed = where.pack(inputs)
        seeds = tf.unstack(tf.random.experimental.stateless_split(noise.fresh_seed(seed), 3, alg="philox"))
        if training:
            noise_a = tf.random.stateless_normal([tf.shape(packed)[0], size], seeds[0], alg="philox")
        elif noise_a is None:
            noise_a = tf.zeros([tf.shape(packed)[0], size])
        else:
            noise_a = where.pack(turned(noise_a, width))
        outputs, means, state = self.decoder.scan(
            where,
            packed,
            states,
            lengths,
            noise_a,
            self.static_inputs(z, class_id),
            self.initial_cell_state(z, rows),
            training,
            seeds[1],
        )
        params = self._parameters(outputs, training, seeds[2])
        return MixtureParams(*map(where.unpack, params)), where.unpack(means), state

    def start(self, z, class_id=None, batch_size=None, seed=None, seen=None, max_steps=None):
        if not self._has_influence:
            return super().start(z, class_id, batch_size)
        rows, size = tf.shape(z)[0], self.decoder.memory_size
        noise_a = tf.zeros([rows, size])
        if seed is not None:
            noise_a = tf.map_fn(
                lambda row: tf.random.stateless_normal([size], row, alg="philox"),
                seed + tf.constant(SEED_OF_INFLUENCE),
                fn_output_signature=tf.float32,
            )
        static = self.decoder.project_static(self.static_inputs(z, class_id), STROKE_SIZE)
        cell = self.initial_cell_state(z, rows)
        return DecoderState(cell, (static,), (noise_a, *self._to_look_at(rows, seen, max_steps)))

    def _to_look_at(self, rows, seen, max_steps) -> tuple[tf.Tensor, ...]:
        """Returns what the influence layer looks at: states of an input sketch, or room for those of the drawing; or nothing."""
        step = tf.zeros([rows, 1])  # a float, so that a state can be one tensor
        if not self._reads_both:
            if max_steps is None:
                raise ValueError(
                    "max_steps is None; an influence layer that looks at the drawing needs to know it"
                )
            room = max_steps * self.decoder.memory_size
            room = tf.zeros([rows, room])
            return (step, room, *self.encoder.forward.cell.zero_state(rows))
        if seen is None:
            return ()
        strokes, lengths = seen
        states = self.encoder.states(strokes, tf.sequence_mask(lengths, tf.shape(strokes)[1]))[1]
        return (step, states, tf.cast(lengths, tf.float32)[:, None])

    def decode_step(self, stroke, state: DecoderState):
        if not self._has_influence:
            return super().decode_step(stroke, state)
        noise_a, *looked_at = state.influence
        vector, following = noise_a, ()
        if looked_at and self._reads_both:
            step, states, lengths = looked_at
            visible = tf.cast(tf.minimum(step, lengths)[:, 0], tf.int32)
            vector = self.decoder.vector(state.cell[0], states, visible, noise_a)
            following = (step + 1.0, states, lengths)
        elif looked_at:
            step, states, own = self._read_further(stroke, *looked_at)
            size = self.decoder.memory_size
            memory = tf.reshape(states, [tf.shape(states)[0], tf.shape(states)[1] // size, size])
            visible = tf.cast(step[:, 0], tf.int32)
            vector = self.decoder.vector(state.cell[0], memory, visible, noise_a)
            following = (step + 1.0, states, *own)
        output, cell = self.decoder.step(stroke, vector, state.static[0], state.cell)
        return self.head(output), DecoderState(cell, state.static, (turn(noise_a), *following))

    def _read_further(self, stroke, step, room, *encoder_state):
        """Lets the encoder read the point that was drawn last; the start token, at step 0, is none."""
        output, own = self.encoder.read_point(stroke, encoder_state)
        begun = step > 0
        own = tuple(tf.where(begun, new, old) for new, old in zip(own, encoder_state))
        size = self.decoder.memory_size
        count = tf.shape(room)[1] // size
        # A product with a one-hot place and not a scatter, which TensorFlow.js has not; beyond the room nothing is written.
        place = tf.one_hot(tf.cast(step[:, 0], tf.int32) - 1, count)  # [B, M], all 0 at step 0
        written = room + tf.reshape(place[:, :, None] * output[:, None], tf.shape(room))
        return step, tf.ensure_shape(written, room.shape), own

    def call(self, inputs: Batch, training=False, seed=None, num_steps=None, noise_z=None):
        batch = Batch(*inputs)
        seeds = tf.unstack(tf.random.experimental.stateless_split(noise.fresh_seed(seed), 3, alg="philox"))
        posterior, states, image = self._read(
            batch.strokes[:, 1:], batch.lengths, batch.class_id, training, seeds[0]
        )
        if noise_z is None:
            shape = [tf.shape(posterior.mu)[0], self.noise_size]
            noise_z = tf.random.stateless_normal(shape, seeds[1], alg="philox")
        z = sample_z(posterior, noise_z[:, : self.z_size])
        images = None
        if image is not None:
            code = z[:, self._posterior_size :]
            images = self.image_decoder(posterior.mu[:, self._posterior_size :]), image
            if self._freeze:
                z = tf.concat([z[:, : self._posterior_size], tf.stop_gradient(code)], axis=-1)
        arguments = (batch.strokes[:, :-1], z, batch.class_id, training, seeds[2], num_steps)
        if not self._has_influence:
            params, _ = super().decode(*arguments)
            return Prediction(params, posterior, None, images)
        params, means, _ = self._influenced(*arguments, states, batch.lengths, noise_z[:, self.z_size :])
        return Prediction(params, posterior, means, images)


def _binarised(images) -> tf.Tensor:
    return tf.cast(images >= INKED, tf.float32)
