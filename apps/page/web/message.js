// Messages of the engine (apps/page/message.h) as the page reads them, from a worker or from a recording.

const kProtocol = 1;

// Turns the head and the numbers of an answer into {head, arrays}; arrays[name] = {shape, values}.
function decodeMessage(head, numbers) {
  if (head.protocol !== undefined && head.protocol !== kProtocol)
    throw new Error(`the page speaks protocol ${kProtocol}, but this message has protocol ${head.protocol}`);
  const arrays = {};
  for (const { name, shape, at } of head.arrays || []) {
    const count = shape.reduce((a, b) => a * b, 1);
    arrays[name] = { shape, values: numbers.subarray(at, at + count) };
  }
  return { head, arrays };
}

class PageFault extends Error {
  constructor(kind, words) {
    super(words);
    this.kind = kind;
  }
}

export { PageFault, decodeMessage, kProtocol };
