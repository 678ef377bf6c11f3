// A recorded run: the messages that `pushforward report` wrote into the page.
import { PageFault, decodeMessage, kProtocol } from './message.js';

// Returns the float32 numbers of a text in base64.
function decodeNumbers(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

class Recording {
  constructor(text) {
    const whole = JSON.parse(text);
    if (whole.protocol !== kProtocol)
      throw new PageFault('file', `the page speaks protocol ${kProtocol}, but this recording has protocol ${whole.protocol}`);
    this.messages = whole.messages.map(({ head, numbers }) => decodeMessage(head, decodeNumbers(numbers)));
    this.lines = new Map(this.all('line').map((message) => [message.head.id, message]));
  }

  all(type) { return this.messages.filter(({ head }) => head.type === type); }
  first(type) { return this.messages.find(({ head }) => head.type === type); }

  // Answers the questions about the tape as the engine does.
  async ask(question) {
    const found = question.ask === 'line' ? this.lines.get(question.id) : this.first(question.ask);
    if (!found) throw new PageFault('other', `this recording has no answer to "${question.ask}"`);
    return found;
  }
}

export { Recording };
