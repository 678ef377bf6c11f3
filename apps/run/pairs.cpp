#include "apps/run/pairs.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

#include "apps/failure.h"
#include "apps/json/json.h"
#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {
namespace {

constexpr const char* kCure = "give the unedited pairs.safetensors of a run";

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
  throw Failure(Exit::file, fmt::format("[pairs] {}: {}; {}", path, what, kCure));
}

const TensorView& find(const Safetensors& file, const std::string& path, const char* name) {
  const TensorView* tensor = file.find(name);
  if (!tensor) refuse(path, fmt::format("it has no array \"{}\"", name));
  return *tensor;
}

// Reads a table (n, D) of finite numbers.
std::vector<double> read_table(const Safetensors& file, const std::string& path, const char* name) {
  const TensorView& tensor = find(file, path, name);
  if (tensor.shape.size() != 2 || tensor.size() == 0)
    refuse(path, fmt::format("{} has shape {}, and pairs have (n, D)", name,
                             bracketed_shape(tensor.shape)));
  std::vector<double> values(tensor.size());
  copy_elements(tensor, std::span<double>(values));
  for (const double value : values)
    if (!std::isfinite(value)) refuse(path, fmt::format("{} holds {}", name, value));
  return values;
}

std::vector<int> read_labels(const Safetensors& file, const std::string& path, std::size_t rows) {
  const TensorView* tensor = file.find("labels");
  if (!tensor) return {};
  if (tensor->dtype != Dtype::i64 || tensor->size() != rows)
    refuse(path, fmt::format("labels is {} of {}, and there are {} pairs",
                             bracketed_shape(tensor->shape), name_of(tensor->dtype), rows));
  std::vector<std::int64_t> numbers(rows);
  copy_elements(*tensor, std::span<std::int64_t>(numbers));
  for (const std::int64_t number : numbers)
    if (number < 0 || number > 1'000'000) refuse(path, fmt::format("it has the label {}", number));
  return {numbers.begin(), numbers.end()};
}

std::string text_of(const Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : found->second;
}

}  // namespace

std::string pairs_bytes(const FlowPairs& pairs) {
  const std::vector<std::uint64_t> shape{pairs.rows(), pairs.units.dim()};
  std::vector<TensorView> tensors{tensor_view("x0", shape, std::span<const double>(pairs.x0)),
                                  tensor_view("x1", shape, std::span<const double>(pairs.x1))};
  const std::vector<std::int64_t> labels(pairs.labels.begin(), pairs.labels.end());
  if (!labels.empty())
    tensors.push_back(
        tensor_view("labels", {labels.size()}, std::span<const std::int64_t>(labels)));
  Metadata metadata{{"pairs.run", pairs.run}, {"pairs.source", pairs.source}};
  if (!pairs.classes.empty()) metadata["pairs.classes"] = Json(pairs.classes).dump();
  write_units(pairs.units, metadata);
  return safetensors_bytes(std::move(tensors), std::move(metadata));
}

FlowPairs read_pairs(const std::string& path) {
  const Safetensors file = read_safetensors(posix(), path);
  FlowPairs pairs;
  pairs.x0 = read_table(file, path, "x0");
  pairs.x1 = read_table(file, path, "x1");
  const auto &a = file.at("x0").shape, &b = file.at("x1").shape;
  if (a != b)
    refuse(path, fmt::format("x0 is {} and x1 {}, and pairs have equal shapes", bracketed_shape(a),
                             bracketed_shape(b)));
  pairs.units = read_units(file.metadata(), path);
  if (pairs.units.dim() != a[1])
    refuse(path,
           fmt::format("the pairs have {} columns and their units {}", a[1], pairs.units.dim()));
  pairs.labels = read_labels(file, path, a[0]);
  const Json classes = Json::parse_or_null(text_of(file.metadata(), "pairs.classes"));
  if (classes.is_array()) pairs.classes = classes.get<std::vector<std::string>>();
  pairs.run = text_of(file.metadata(), "pairs.run");
  pairs.source = text_of(file.metadata(), "pairs.source");
  return pairs;
}

}  // namespace pushforward::app
