#include "nn/checkpoint/checkpoint.h"

#include <cmath>
#include <cstring>
#include <set>
#include <sstream>

namespace pushforward::inline PF_REAL {
namespace {

constexpr const char* kModelFormat = "pushforward-model";
constexpr const char* kCheckpointFormat = "pushforward-checkpoint";
constexpr const char* kVersion = "1";
constexpr const char* kBest = "best.";  // the prefix of the weights of an earlier step

template <class... Parts>
[[noreturn]] void checkpoint_fault(const std::string& path, const Parts&... parts) {
  std::ostringstream text;
  text << "[checkpoint] " << path << ": ";
  (text << ... << parts);
  throw FileError(path, "checkpoint", 0, text.str());
}

std::vector<std::uint64_t> stored_shape(const Parameter& p) {
  return {p.stored.dim.begin(), p.stored.dim.begin() + p.stored.rank};
}

bool finite(std::span<const real> values) {
  for (real v : values) {
    if (!std::isfinite(v)) return false;
  }
  return true;
}

// Adds a view for each parameter, named "<prefix><name>", of that parameter's numbers in `flat`. A
// flat array has the numbers of all parameters.
void add_views(std::vector<TensorView>& to, const std::string& path, const std::string& prefix,
               const Parameters& parameters, std::span<const real> flat) {
  for (const Parameter* p : parameters.list()) {
    const auto part = parameters.part(*p, flat);
    if (!finite(part))
      checkpoint_fault(path, prefix, p->name,
                       " contains a number that is not finite; nothing was written");
    to.push_back(tensor_view(prefix + p->name, stored_shape(*p), part));
  }
}

// Reads the tensors that the caller requests from a file into its own arrays. Copies them to their
// destinations only if all of them are valid.
class Reader {
 public:
  Reader(FileSystem& files, const std::string& path)
      : path_(path), file_(read_safetensors(files, path)) {}

  const Metadata& metadata() const { return file_.metadata(); }
  bool has(const std::string& name) const { return file_.find(name) != nullptr; }

  void flat(const std::string& prefix, const Parameters& parameters, std::span<real> to) {
    Staged staged{{}, to};
    staged.values.assign(to.begin(), to.end());
    for (const Parameter* p : parameters.list()) {
      const std::string name = prefix + p->name;
      const TensorView& tensor = get(name);
      if (tensor.dtype != Dtype::f32 && tensor.dtype != Dtype::f64)
        checkpoint_fault(path_, name, " has dtype ", name_of(tensor.dtype),
                         "; F32 or F64 is needed");
      if (tensor.shape != stored_shape(*p))
        checkpoint_fault(path_, name, " is ", bracketed_shape(tensor.shape), " in the file and ",
                         bracketed_shape(stored_shape(*p)),
                         " in the model; load it into the model of the config it was trained with");
      const auto part = parameters.part(*p, std::span<real>(staged.values));
      copy_elements(tensor, part);
      if (!finite(part)) checkpoint_fault(path_, name, " contains a number that is not finite");
    }
    staged_.push_back(std::move(staged));
  }

  template <class Integer>
  Integer integer(const std::string& name, Dtype dtype) {
    const TensorView& tensor = get(name);
    if (tensor.dtype != dtype || tensor.size() != 1)
      checkpoint_fault(path_, name, " must be one ", name_of(dtype), ", it is ",
                       name_of(tensor.dtype), " ", bracketed_shape(tensor.shape));
    Integer value;
    copy_elements(tensor, std::span<Integer>(&value, 1));
    return value;
  }

  // Throws if the file has a tensor that the caller did not request.
  void check_all_used(const char* cure) const {
    for (const auto& [name, tensor] : file_.tensors()) {
      if (!used_.count(name))
        checkpoint_fault(path_, name, " does not belong to this model; ", cure);
    }
  }

  void commit() {
    for (const Staged& s : staged_) std::copy(s.values.begin(), s.values.end(), s.to.begin());
  }

 private:
  struct Staged {
    std::vector<real> values;
    std::span<real> to;
  };

  const TensorView& get(const std::string& name) {
    const TensorView* tensor = file_.find(name);
    if (!tensor)
      checkpoint_fault(path_, name, " is missing; the file has ", file_.tensors().size(),
                       " tensors", file_.tensors().empty() ? "" : ", the first is ",
                       file_.tensors().empty() ? "" : file_.tensors().begin()->first,
                       "; was it written for another model?");
    used_.insert(name);
    return *tensor;
  }

  std::string path_;
  Safetensors file_;
  std::set<std::string> used_;
  std::vector<Staged> staged_;
};

std::string state_prefix(const Optimizer& optimizer, int k) {
  return "optim." + std::string(optimizer.state_name(k)) + ".";
}

}  // namespace

void save_model(FileSystem& files, const std::string& path, const Parameters& parameters,
                std::span<const real> values, Metadata metadata) {
  metadata.emplace("format", kModelFormat);
  metadata.emplace("version", kVersion);
  std::vector<TensorView> tensors;
  add_views(tensors, path, "", parameters, values);
  write_safetensors(files, path, std::move(tensors), std::move(metadata));
}

Metadata load_model(FileSystem& files, const std::string& path, Parameters& parameters,
                    const std::string& prefix) {
  Reader reader(files, path);
  reader.flat(prefix, parameters, parameters.values());
  if (prefix.empty()) reader.check_all_used("was the file written for another model?");
  reader.commit();
  return reader.metadata();
}

std::string checkpoint_bytes(const std::string& path, const Trainer& trainer,
                             const TrainingProgress& progress, std::span<const real> best) {
  const Parameters& parameters = trainer.parameters();
  const Optimizer& optimizer = trainer.optimizer();
  std::vector<TensorView> tensors;
  add_views(tensors, path, "model.", parameters, parameters.values());
  if (!trainer.ema().empty()) add_views(tensors, path, "ema.", parameters, trainer.ema());
  for (int k = 0; k < optimizer.state_count(); ++k)
    add_views(tensors, path, state_prefix(optimizer, k), parameters, optimizer.state(k));
  if (!best.empty()) add_views(tensors, path, kBest, parameters, best);
  const std::int64_t updates = optimizer.updates();
  tensors.push_back(tensor_view("optim.step", {}, std::span(&updates, 1)));
  tensors.push_back(tensor_view("rng.seed", {}, std::span(&progress.seed, 1)));
  tensors.push_back(tensor_view("train.step", {}, std::span(&progress.step, 1)));
  Metadata metadata{{"format", kCheckpointFormat},
                    {"version", kVersion},
                    {"config", progress.config_hash},
                    {"step", std::to_string(progress.step)}};
  metadata.insert(progress.notes.begin(), progress.notes.end());
  return safetensors_bytes(std::move(tensors), std::move(metadata));
}

void save_checkpoint(FileSystem& files, const std::string& path, const Trainer& trainer,
                     const TrainingProgress& progress) {
  write_file_atomically(files, path, checkpoint_bytes(path, trainer, progress));
}

TrainingProgress load_checkpoint(FileSystem& files, const std::string& path, Trainer& trainer,
                                 FlatArray* best) {
  Reader reader(files, path);
  const auto text = [&](const char* key) {
    const auto found = reader.metadata().find(key);
    return found == reader.metadata().end() ? std::string() : found->second;
  };
  if (text("format") != kCheckpointFormat || text("version") != kVersion)
    checkpoint_fault(path, "format \"", text("format"), "\" version \"", text("version"), "\"; ",
                     kCheckpointFormat, " version ", kVersion, " is needed to go on with a run");
  Parameters& parameters = trainer.parameters();
  Optimizer& optimizer = trainer.optimizer();
  reader.flat("model.", parameters, parameters.values());
  if (!trainer.ema().empty()) reader.flat("ema.", parameters, trainer.ema());
  for (int k = 0; k < optimizer.state_count(); ++k)
    reader.flat(state_prefix(optimizer, k), parameters, optimizer.state(k));
  const auto updates = reader.integer<std::int64_t>("optim.step", Dtype::i64);
  TrainingProgress progress{.step = reader.integer<std::int64_t>("train.step", Dtype::i64),
                            .seed = reader.integer<std::uint64_t>("rng.seed", Dtype::u64),
                            .config_hash = text("config")};
  if (updates < 0 || progress.step < 0)
    checkpoint_fault(path, "optim.step ", updates, " and train.step ", progress.step,
                     "; neither can be negative");
  FlatArray of_best;
  if (best && reader.has(kBest + parameters.list().front()->name)) {
    of_best.assign(parameters.size(), real(0));
    reader.flat(kBest, parameters, of_best);
  }
  reader.check_all_used("was it trained with another optimizer, or with an average?");
  for (const auto& entry : reader.metadata())
    if (entry.first.find('.') != std::string::npos) progress.notes.insert(entry);
  reader.commit();
  if (best) *best = std::move(of_best);
  optimizer.set_updates(updates);
  return progress;
}

}  // namespace pushforward::inline PF_REAL
