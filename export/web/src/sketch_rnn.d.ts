/** `[dx, dy, lifted]` in data units: an offset from the point before, and 1 where the pen is lifted after it. */
export type Stroke = [dx: number, dy: number, lifted: number];
/** Points of one line, `[x, y]`. */
export type Line = [x: number, y: number][];

export type Backend = "wasm" | "script" | "webgl" | "webgpu";

export interface LoadOptions {
  /**
   * "auto" measures on this machine and takes the fastest one. A graphics card is asked only where the processor takes longer
   * than it takes to hear from one, which few models do: a point waits for the one before.
   */
  backend?: "auto" | Backend;
}

export interface DrawOptions {
  /** Latent vector `[Z]`; drawn from the seed where it is missing. */
  z?: ArrayLike<number> & Iterable<number>;
  /** A class's name, or the share of each class. The first class where it is missing. */
  className?: string | number[];
  /** 0 draws the likeliest point each time. At most 10; 0.4 where it is missing. */
  temperature?: number;
  /** A whole number from 0 to 2^31 - 1; equal seeds give equal drawings. */
  seed?: number;
  /** Points at most, given ones included. */
  maxPoints?: number;
}

/** The distribution of the next point: mixture parameters `[M]` in normalised units, and the pen states `[3]`. */
export interface Parameters {
  pi: number[];
  mu1: number[];
  mu2: number[];
  sigma1: number[];
  sigma2: number[];
  rho: number[];
  pen: number[];
}

export interface SketchModel {
  readonly conditional: boolean;
  readonly classConditional: boolean;
  readonly classNames: string[];
  readonly scaleFactor: number;
  readonly maxPoints: number;
  readonly zSize: number;
  readonly numMixtures: number;
  /** The backend in use, and milliseconds a product that the choice was made by. */
  readonly backend: Backend;
  readonly timings: Partial<Record<Backend, number>>;

  /** Frees what a graphics card holds; the model cannot be used after that. */
  dispose(): void;

  /** Returns what the encoder believes of z; throws where the model has no encoder. */
  encode(strokes: Stroke[], options?: { className?: string | number[] }): Promise<{ mu: Float32Array; logVar: Float32Array }>;
  /** Draws one sketch from z. */
  decode(z: ArrayLike<number> & Iterable<number>, options?: Omit<DrawOptions, "z">): Promise<Stroke[]>;
  /** Draws `num` sketches. */
  generate(options?: DrawOptions & { num?: number }): Promise<Stroke[][]>;
  /** Finishes a drawing in `num` ways; each begins with the points given. By likely z where no z is given and there are such. */
  complete(strokes: Stroke[], options?: DrawOptions & { num?: number }): Promise<Stroke[][]>;
  /**
   * Returns `num` z of the prior, each drawn from `candidates` of them (64 where missing) by how likely it makes an unfinished
   * drawing; what is finished by such a z is more often what was begun. Throws where the model has no encoder, and the signal's
   * reason once that is aborted.
   */
  likely(
    strokes: Stroke[],
    options?: Pick<DrawOptions, "className" | "seed"> & { num?: number; candidates?: number; signal?: AbortSignal },
  ): Promise<Float32Array[]>;
  /** Draws `num` sketches on the way from one to the other. */
  interpolate(a: Stroke[], b: Stroke[], options?: Omit<DrawOptions, "z" | "className"> & {
    num?: number;
    className?: string;
    classNameB?: string;
  }): Promise<Stroke[][]>;
  /** Draws point by point; `given` points are read first and not given back. Any number of these may run side by side. */
  points(options?: DrawOptions & { row?: number; given?: Stroke[] }): AsyncGenerator<Stroke, void>;
  /** The distribution after the start token and after each point. */
  parameters(strokes: Stroke[], options?: Pick<DrawOptions, "z" | "className">): Promise<Parameters[]>;
}

/** Loads a model that `sketch_rnn_export --format=web` wrote; throws an Error that says what is wrong with the file. */
export function load(source: string | URL | Blob | ArrayBuffer, options?: LoadOptions): Promise<SketchModel>;
/** Simplifies lines, each by Ramer-Douglas-Peucker; epsilon in their own unit, 2 where it is missing. */
export function simplify(lines: Line[], epsilon?: number): Line[];
/** Strokes as lines; the first begins at `origin`. */
export function toLines(strokes: Stroke[], origin?: [number, number]): Line[];
/** Lines as strokes from the first line's first point; `lifted` false leaves the pen down after the last one. */
export function toStrokes(lines: Line[], lifted?: boolean): Stroke[];
/** A seeded generator of numbers. */
export class Random {
  constructor(...seeds: number[]);
  uniform(): number;
  normals(): [number, number];
}
