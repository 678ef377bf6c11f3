#include "apps/config/write.h"

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
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i > 0) out += ", ";
    write_line(value[i], out);
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
  std::size_t left = value.size();
  for (auto item = value.begin(); item != value.end(); ++item) {
    out += inner;
    if (value.is_object()) out += Json(item.key()).dump() + ": ";
    write(*item, inner, out);
    out += --left > 0 ? ",\n" : "\n";
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
