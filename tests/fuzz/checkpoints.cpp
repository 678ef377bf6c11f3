// Fuzzes checkpoints and model files. Any bytes either restore this trainer's state, or are refused
// by a FileError and change nothing. With PUSHFORWARD_FUZZ_SEED=FOLDER, it writes two files for the
// corpus: a checkpoint, and one without a checksum, since the fuzzer cannot change files with a
// checksum and keep them valid.
#include <fstream>

#include "nn/checkpoint/checkpoint.h"
#include "nn/networks/velocity.h"
#include "tests/fuzz/fuzz.h"

using namespace pushforward;

namespace {

// A network and its trainer. They are small, so that many inputs per second are tried.
struct SmallTraining {
  Velocity network{{.hidden = {2}, .time = {.kind = TimeKind::raw}}};
  Parameters parameters{network};
  Workers workers{1};
  Trainer trainer{parameters, {.optimizer = {.lr = 1e-3}, .ema_decay = 0.9}, workers};

  SmallTraining() {
    parameters.initialise({.seed = 0, .purpose = Purpose::init});
    if (const char* folder = std::getenv("PUSHFORWARD_FUZZ_SEED")) write_seeds(folder);
  }
  void write_seeds(const std::string& folder) {
    std::string bytes = checkpoint_bytes("seed", trainer, {1, 2, "0"});
    std::ofstream(folder + "/whole", std::ios::binary) << bytes;
    bytes[bytes.find("xxh3")] = 'y';
    std::ofstream(folder + "/unchecked", std::ios::binary) << bytes;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static SmallTraining* const training = new SmallTraining;
  MemoryFile file(as_text(data, size));
  const std::string before = checkpoint_bytes("before", training->trainer, {1, 2, "0"});
  try {
    load_checkpoint(file, "fuzz", training->trainer);
  } catch (const FileError&) {
    must(checkpoint_bytes("after", training->trainer, {1, 2, "0"}) == before,
         "a checkpoint that is refused has changed the trainer");
  }
  try {
    load_model(file, "fuzz", training->parameters);
  } catch (const FileError&) {
  }
  return 0;
}
