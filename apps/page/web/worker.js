// The worker: it holds the engine (WebAssembly) and answers one question after another.
let engine = null;

const start = async (bytes) => {
  const unpacked = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
  const said = [];
  engine = await pushforwardEngine({
    wasmBinary: new Uint8Array(await unpacked.arrayBuffer()),
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
  const { id, bytes, question, files, read } = event.data;
  try {
    if (bytes) {
      await start(bytes);
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
