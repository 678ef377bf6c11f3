// The link to the engine: questions go to the worker, answers come back as messages (apps/page/message.h).
import { PageFault, decodeMessage } from './message.js';

class EngineLink {
  constructor() {
    this.waiting = new Map();
    this.next = 1;
    this.since = 0;  // when the engine began with the first of the waiting questions
  }

  // Starts the worker with the engine that is embedded in the page, as text in base64.
  async open() {
    if (typeof WebAssembly !== 'object')
      throw new PageFault('browser', 'This browser has no WebAssembly, in which the engine runs. Open the page in a current browser.');
    if (typeof DecompressionStream !== 'function')
      throw new PageFault('browser', 'This browser cannot unpack the engine (it has no DecompressionStream). Open the page in a current browser.');
    const code = document.getElementById('worker').textContent;
    this.worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
    this.worker.onmessage = (event) => this.settle(event.data);
    this.worker.onerror = (event) => {
      for (const { fail } of this.waiting.values())
        fail(new PageFault('engine', `The engine stopped: ${event.message || 'it could not be started'}`));
      this.waiting.clear();
    };
    await this.post({ engine: document.getElementById('engine').textContent.trim() });
  }

  ask(question, files, read) {
    return this.post({ question, files, read });
  }

  post(letter) {
    const id = this.next++;
    if (!this.waiting.size) this.since = performance.now();
    return new Promise((done, fail) => {
      this.waiting.set(id, { done, fail });
      this.worker.postMessage({ id, ...letter });
    });
  }

  // Returns for how many seconds the engine has been busy with one question.
  seconds() { return this.waiting.size ? (performance.now() - this.since) / 1000 : 0; }

  // Stops the engine in the middle of a question, and starts it anew. What it knew is lost.
  stop() {
    this.worker.terminate();
    for (const { fail } of this.waiting.values()) fail(new PageFault('stopped', 'The engine was stopped.'));
    this.waiting.clear();
    return this.open();
  }

  settle(reply) {
    this.since = performance.now();
    const { done, fail } = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (reply.fault !== undefined) {
      fail(new PageFault('engine', `The engine stopped: ${reply.fault}. Reload the page, or choose a smaller network or batch.`));
      return;
    }
    const message = decodeMessage(JSON.parse(reply.text), reply.numbers);
    message.files = reply.files;
    if (message.head.type === 'fault') fail(new PageFault(message.head.fault, message.head.words));
    else done(message);
  }
}

export { EngineLink };
