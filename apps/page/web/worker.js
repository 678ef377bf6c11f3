// The worker: it holds the engine (WebAssembly) and answers one question after another.
let engine = null;

// A module with one f32x4.relaxed_madd: a browser that accepts it has fused multiply-adds.
const kOfRelaxedSimd = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0,
  65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11);

// Replaces f32x4.mul, an operand and f32x4.add by the operand and one multiply-add, at the places that apps/page/fuse.py found.
const fuse = (module, places) => {
  for (const at of places) {
    let end = at + 3;
    if (module[end] === 0x20) while (module[++end] & 128);  // local.get and its number
    else end += 17;                                         // v128.const
    module.copyWithin(at, at + 3, ++end);
    module.set([0xfd, 0x85, 2, 1, 1, 1], end - 3);
  }
};

// Returns the module in the engine's text: in base64 and packed, the number of places, the places, and the module (bundle.py).
const unpack = async (text) => {
  const packed = atob(text), bytes = new Uint8Array(packed.length);
  for (let k = 0; k < bytes.length; k++) bytes[k] = packed.charCodeAt(k);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const whole = await new Response(stream).arrayBuffer(), count = new Uint32Array(whole, 0, 1)[0];
  const module = new Uint8Array(whole, 4 + 4 * count);
  if (WebAssembly.validate(kOfRelaxedSimd)) fuse(module, new Uint32Array(whole, 4, count));
  return module;
};

const start = async (text) => {
  const said = [];
  engine = await pushforwardEngine({
    wasmBinary: await unpack(text),
    print: (line) => said.push(line),
    printErr: (line) => said.push(line),
  });
  engine.FS.mkdir('/page');
};

const answer = (question, files) => {
  for (const file of files || []) {
    engine.FS.mkdirTree(file.path.replace(/\/[^/]*$/, ''));
    engine.FS.writeFile(file.path, file.bytes);
  }
  const bytes = new TextEncoder().encode(JSON.stringify(question));
  const place = engine._malloc(bytes.length + 1);
  engine.HEAPU8.set(bytes, place);
  engine.HEAPU8[place + bytes.length] = 0;
  engine._page_ask(place);
  engine._free(place);
  const text = engine.UTF8ToString(engine._page_text());
  const first = engine._page_numbers() >> 2;
  return { text, numbers: engine.HEAPF32.slice(first, first + engine._page_count()) };
};

onmessage = async (event) => {
  const { id, engine: text, question, files, read } = event.data;
  try {
    if (text) {
      await start(text);
      postMessage({ id, text: '{"type":"ready","arrays":[]}', numbers: new Float32Array(0) });
      return;
    }
    const reply = answer(question, files);
    reply.id = id;
    if (read && JSON.parse(reply.text).type !== 'fault')
      reply.files = read.map((path) => ({ path, bytes: engine.FS.readFile(path) }));
    postMessage(reply, [reply.numbers.buffer]);
  } catch (error) {
    postMessage({ id, fault: String((error && error.message) || error) });
  }
};
