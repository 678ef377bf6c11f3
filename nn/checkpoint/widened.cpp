#include "nn/checkpoint/widened.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <sstream>

#include "nn/checkpoint/safetensors.h"

namespace pushforward::inline PF_REAL {
namespace {

template <class... Parts>
[[noreturn]] void widening_fault(const std::string& path, const Parts&... parts) {
  std::ostringstream text;
  text << "[checkpoint] " << path << ": ";
  (text << ... << parts);
  throw FileError(path, "checkpoint", 0, text.str());
}

std::vector<std::uint64_t> shape_in_file(const Parameter& p) {
  return {p.stored.dim.begin(), p.stored.dim.begin() + p.stored.rank};
}

// Returns the values of the parameter: those of the file, and 0 in columns that it lacks.
std::vector<real> widened(const TensorView& tensor, const Parameter& parameter) {
  std::vector<real> stored(static_cast<std::size_t>(tensor.size()));
  copy_elements(tensor, std::span<real>(stored));
  const std::vector<std::uint64_t> shape = shape_in_file(parameter);
  if (tensor.shape == shape) return stored;
  const std::size_t rows = static_cast<std::size_t>(shape[0]),
                    columns = static_cast<std::size_t>(shape[1]), there = stored.size() / rows;
  std::vector<real> values(rows * columns, real(0));
  for (std::size_t r = 0; r < rows; ++r)
    std::copy_n(stored.begin() + static_cast<std::ptrdiff_t>(r * there), there,
                values.begin() + static_cast<std::ptrdiff_t>(r * columns));
  return values;
}

}  // namespace

bool only_with_two_times(const Parameter& parameter) {
  return parameter.name == "second_time.frequencies";
}

bool wider_by(const Parameter& parameter, int columns, const std::vector<std::uint64_t>& there) {
  const std::string& name = parameter.name;
  const std::vector<std::uint64_t> here = shape_in_file(parameter);
  return columns > 0 && (name == "0.weight" || name == "input.weight" || name == "embed.weight") &&
         here.size() == 2 && there.size() == 2 && here[0] == there[0] &&
         here[1] == there[1] + static_cast<std::uint64_t>(columns);
}

void load_widened(FileSystem& files, const std::string& model_file, int columns,
                  Parameters& parameters) {
  const Safetensors file = read_safetensors(files, model_file);
  std::vector<real> all(parameters.values().begin(), parameters.values().end());
  for (const Parameter* p : parameters.list()) {
    const TensorView* tensor = file.find(p->name);
    if (!tensor && only_with_two_times(*p)) continue;
    if (!tensor)
      widening_fault(model_file, p->name, " is missing; was the file written for another model?");
    if (tensor->shape != shape_in_file(*p) && !wider_by(*p, columns, tensor->shape))
      widening_fault(model_file, p->name, " is ", bracketed_shape(tensor->shape),
                     " in the file and ", bracketed_shape(shape_in_file(*p)),
                     " in the model; load it into a network of the same /model");
    const std::vector<real> values = widened(*tensor, *p);
    if (!std::ranges::all_of(values, [](real v) { return std::isfinite(v); }))
      widening_fault(model_file, p->name, " contains a number that is not finite");
    std::ranges::copy(values, parameters.part(*p, std::span<real>(all)).begin());
  }
  std::ranges::copy(all, parameters.values().begin());
}

}  // namespace pushforward::inline PF_REAL
