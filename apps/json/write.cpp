#include "apps/json/write.h"

#include <algorithm>

namespace pushforward::app {
namespace {

bool fits_a_line(const Json& value) {
  if (value.is_object()) return value.empty();
  if (!value.is_array()) return true;
  return std::all_of(value.begin(), value.end(),
                     [](const Json& item) { return fits_a_line(item); });
}

void write_line(const Json& value, std::string& out) {
  if (!value.is_array()) {
    out += value.dump();
    return;
  }
  out += '[';
  for (const Json& item : value) {
    if (&item != &value.front()) out += ", ";
    write_line(item, out);
  }
  out += ']';
}

void write(const Json& value, const std::string& indent, std::string& out) {
  if (fits_a_line(value)) {
    write_line(value, out);
    return;
  }
  const std::string inner = indent + "  ";
  out += value.is_object() ? "{\n" : "[\n";
  std::size_t k = 0;
  for (const Json& item : value) {
    out += inner;
    if (value.is_object()) out += Json(value.keys()[k]).dump() + ": ";
    write(item, inner, out);
    out += ++k < value.size() ? ",\n" : "\n";
  }
  out += indent + (value.is_object() ? "}" : "]");
}

}  // namespace

std::string write_json(const Json& value) {
  std::string out;
  write(value, "", out);
  out += '\n';
  return out;
}

}  // namespace pushforward::app
