export interface RequestLineDeps<Request> {
  /** How many may be in flight now; 1 keeps replies in order. */
  readonly capacity: () => number;
  /** Whether a request runs alone: after all before it and before all behind it. */
  readonly isAlone: (request: Request) => boolean;
  /** Does the request, its first part at once; never rejects. */
  readonly run: (request: Request) => Promise<void>;
  /** More should, or may again, come. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Nothing runs and nothing waits. */
  readonly onIdle: () => void;
}

/** The requests of one connection: started in the order they came, as many at once as are allowed. */
export class RequestLine<Request> {
  readonly #deps: RequestLineDeps<Request>;
  readonly #waiting: Request[] = [];
  #inFlight = 0;
  #someoneIsAlone = false;
  #isPaused = false;
  #isStopped = false;

  constructor(deps: RequestLineDeps<Request>) {
    this.#deps = deps;
  }

  get waitingRequests(): number {
    return this.#waiting.length;
  }

  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#waiting.length === 0;
  }

  take(request: Request): void {
    if (this.#isStopped) return;
    if (this.#waiting.length === 0 && this.#mayStart(request)) {
      this.#start(request);
      return;
    }
    this.#waiting.push(request);
    this.#pause();
  }

  /** Starts what may start by now. */
  advance(): void {
    if (this.#waiting.length === 0 && !this.#isPaused) return;
    while (!this.#isStopped) {
      const next = this.#waiting[0];
      if (next === undefined || !this.#mayStart(next)) break;
      this.#waiting.shift();
      this.#start(next);
    }
    if (this.#waiting.length === 0) this.#resume();
  }

  /** Starts nothing more; what runs goes on. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.length = 0;
  }

  #mayStart(request: Request): boolean {
    if (this.#someoneIsAlone) return false;
    if (this.#inFlight === 0) return this.#deps.capacity() > 0;
    return this.#inFlight < this.#deps.capacity() && !this.#deps.isAlone(request);
  }

  #start(request: Request): void {
    this.#inFlight += 1;
    this.#someoneIsAlone = this.#deps.isAlone(request);
    void this.#deps.run(request).then(() => this.#done());
  }

  #done(): void {
    this.#inFlight -= 1;
    this.#someoneIsAlone = false;
    this.advance();
    if (this.isIdle) this.#deps.onIdle();
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#deps.pause();
  }

  #resume(): void {
    if (!this.#isPaused || this.#isStopped) return;
    this.#isPaused = false;
    this.#deps.resume();
  }
}
