/** Error answers of the Marathon v2 API: a status and the exact JSON body. */

/** One entry of a 422's `details`: a path (`/container/docker`, `/networks(0)/mode`) and what is wrong there. */
export interface ErrorDetail {
  readonly path: string;
  readonly errors: readonly string[];
}

/** An answer other than success; thrown anywhere below a route, rendered in one place. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, rest: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.body = { message, ...rest };
  }
}

/** 422: JSON of the wrong shape (type, required property, bound, pattern). */
export const invalidJson = (details: readonly ErrorDetail[]): ApiError =>
  new ApiError(422, 'Invalid JSON', { details });

/** 422: well-formed, but against a rule. */
export const notValid = (details: readonly ErrorDetail[]): ApiError =>
  new ApiError(422, 'Object is not valid', { details });

/** 422 with a message only: what Marathon calls an illegal argument. */
export const unprocessable = (message: string): ApiError => new ApiError(422, message);

export const badRequest = (message: string): ApiError => new ApiError(400, message);
export const notFound = (message: string): ApiError => new ApiError(404, message);
export const conflict = (message: string): ApiError => new ApiError(409, message);

/** 500: Marathon does not map its normalisation and conversion errors to a client error. */
export const internalError = (message: string): ApiError => new ApiError(500, message);

export const unknownApp = (id: string, version?: string): ApiError =>
  notFound(`App '${id}' does not exist${version === undefined ? '' : ` in version ${version}`}`);
export const unknownGroup = (id: string): ApiError => notFound(`Group '${id}' does not exist`);
export const unknownTask = (id: string): ApiError => notFound(`Task '${id}' does not exist`);

/** Collects rule violations, grouped by path as Marathon renders them. */
export class Violations {
  readonly #byPath = new Map<string, string[]>();

  add(path: string, error: string): void {
    const at = path === '' ? '/' : path;
    const errors = this.#byPath.get(at);
    if (errors === undefined) this.#byPath.set(at, [error]);
    else if (!errors.includes(error)) errors.push(error);
  }

  /** Adds the violation unless `holds`. */
  check(holds: boolean, path: string, error: string): void {
    if (!holds) this.add(path, error);
  }

  get details(): readonly ErrorDetail[] {
    return [...this.#byPath].map(([path, errors]) => ({ path, errors }));
  }

  /** Throws the 422 when anything was collected. */
  throwIfAny(): void {
    if (this.#byPath.size > 0) throw notValid(this.details);
  }
}
