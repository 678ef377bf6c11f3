#include "apps/data/number_signs.h"

#include <optional>
#include <string>
#include <utility>

#include "apps/config/data_types.h"
#include "apps/failure_text.h"

namespace pushforward::app {
namespace {

// Returns the sign between thousands. Throws Failure (exit 2) if it is the decimal sign.
std::optional<char> thousands_sign(const Json& section) {
  constexpr std::pair<const char*, char> kSigns[] = {
      {"comma", ','}, {"point", '.'}, {"blank", ' '}, {"apostrophe", '\''}, {"underscore", '_'}};
  const std::string wanted = section.at("thousands").get<std::string>();
  const char decimal = section.at("decimal") == "comma" ? ',' : '.';
  for (const auto& [name, sign] : kSigns) {
    if (wanted != name) continue;
    if (sign == decimal)
      throw usage_error(
          "[data] thousands is \"{0}\", but the decimal sign is a {0}, too; "
          "set decimal to \"{1}\", or leave thousands out",
          wanted, sign == '.' ? "comma" : "point");
    return sign;
  }
  return {};
}

}  // namespace

void set_number_signs(const Json& section, CsvOptions& options) {
  options.thousands = thousands_sign(section);
  const std::string percent = section.at("percent").get<std::string>();
  options.percent = percent == "share" ? 0.01 : percent == "number" ? 1 : 0;
  options.currency = section.at("currency") == "drop";
}

CsvOptions number_signs_of_data(const Json& data) {
  CsvOptions options;
  const Json& inner = innermost(data);
  if (inner.at("type") == "csv") set_number_signs(inner, options);
  return options;
}

}  // namespace pushforward::app
