// Checkpoints and model files: any bytes are the state of this trainer, or are refused by a FileError
// and change nothing. With PUSHFORWARD_FUZZ_SEED=FOLDER two files for the corpus are written there:
// a checkpoint, and one without its checksum, past which the fuzzer could not mutate it.
#include <fstream>

#include "nn/checkpoint/checkpoint.h"
#include "nn/networks/velocity.h"
#include "tests/fuzz/fuzz.h"

using namespace pushforward;

namespace {

// A network and its trainer, small enough for many inputs a second.
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
