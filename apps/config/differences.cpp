#include "apps/config/differences.h"

#include "apps/config/table.h"

namespace pushforward::app {
namespace {

void list_section(const Json& section, const SectionTable& table, DataKind kind,
                  const std::string& at, std::vector<ConfigSetting>& all) {
  const std::string type = table.typed() ? section.at("type").text() : "";
  const Alternative& alternative = *table.find(type);
  if (table.typed()) {
    const bool given = table.fallback.empty();
    all.push_back({at + "/type", type, given ? Json() : Json(table.fallback), "",
                   type != table.fallback, alternative.doc});
  }
  for (const ConfigField& field : alternative.fields) {
    const std::string path = at + "/" + field.key;
    const Json& value = section.at(field.key);
    if (field.kind == FieldKind::section) {
      const DataKind below = field.holds == DataKind::any ? kind : field.holds;
      list_section(value, section_below(field, kind), below, path, all);
    } else if (!field.default_words.empty()) {
      all.push_back({path, value, Json(), field.default_words, true, field.doc});
    } else {
      all.push_back({path, value, field.fallback, "", value != field.fallback, field.doc});
    }
  }
}

}  // namespace

std::vector<ConfigSetting> config_settings(const Config& config) {
  const DataKind kind = of_tokens(config) ? DataKind::tokens : DataKind::continuous;
  std::vector<ConfigSetting> all;
  list_section(config.json(), config_tables(kind).front(), kind, "", all);
  return all;
}

}  // namespace pushforward::app
