#include "apps/config/check.h"

#include <algorithm>

#include "apps/config/data_types.h"
#include "apps/config/map_loss.h"
#include "apps/config/value.h"
#include "apps/json/faults.h"
#include "apps/suggest.h"

namespace pushforward::app {
namespace {

std::string quoted(const std::string& word) { return '"' + shorten(word) + '"'; }

// Returns the words that name a kind of data in a message.
std::string data_words(DataKind kind) {
  return kind == DataKind::tokens ? "tokens" : "continuous data";
}
DataKind other_kind(DataKind kind) {
  return kind == DataKind::tokens ? DataKind::continuous : DataKind::tokens;
}

// Returns the words that name, in a message, the section at path `at` of the config. The path "" is
// the whole config.
std::string shown_path(const std::string& at) { return at.empty() ? "the config" : at; }

// The properties of the whole document that choose other default types.
struct Defaults {
  bool of_map = false;       // the config's loss trains a flow map
  bool of_manifold = false;  // its data is on a manifold
  bool of_pairs = false;     // its data is of type "pairs"
};

// Checks a config and fills in its defaults: walks down the tree of the document (the JSON of the
// config) and the table of fields at the same time.
class Checker {
 public:
  Checker(DataKind kind, std::string why, ConfigFaults& faults, bool earlier_run, Defaults defaults)
      : kind_(kind),
        why_(std::move(why)),
        faults_(faults),
        earlier_run_(earlier_run),
        defaults_(defaults) {}

  // Returns the checked section at path `at`, or null if anything in it is wrong. `place` is the
  // place (line and column) of the enclosing section, which messages name if this section is
  // missing.
  Json section(const JsonNode* node, const SectionTable& table, const std::string& at,
               const Place& place) {
    const std::size_t before = faults_.count();
    if (node && node->kind != JsonNode::Kind::object) {
      add_no_object(*node, table, at);
      return nullptr;
    }
    const Alternative* alternative = chosen(table, node);
    if (!alternative) {
      if (!add_other_kind(node, table, at)) add_no_type(node, table, at, place);
      return nullptr;
    }
    // The selected alternative in the table for all kinds of data: it has the keys for continuous
    // data and those for tokens.
    const Alternative& everywhere = *section_table(table.name).find(alternative->type);
    if (node) {
      for (const JsonNode& item : node->items) {
        if (item.key == "type" && table.typed()) continue;
        if (at.empty() && is_for_readers(item)) continue;
        if (!alternative->find(item.key) && !faults_.full() &&
            !add_other_kind(item, everywhere, at)) {
          add_unknown_key(item.key, item.key_place, {table, *alternative, kind_}, at, faults_);
        }
      }
    }
    Json values = Json::object();
    if (table.typed()) values["type"] = alternative->type;
    for (const ConfigField& field : alternative->fields) {
      const JsonNode* child = node ? node->find(field.key) : nullptr;
      values[field.key] = value(child, field, everywhere, at, node ? node->place : place);
    }
    for (const ConfigRule& rule : alternative->rules) apply(rule, values, node, at, place);
    return faults_.count() == before ? values : Json(nullptr);
  }

 private:
  // Returns the alternative that the section selects, or its default.
  const Alternative* chosen(const SectionTable& table, const JsonNode* node) const {
    if (node && node->find("type")) return chosen_alternative(table, node);
    std::string other;
    if (defaults_.of_map) other = table.map_fallback;
    if (defaults_.of_manifold && other.empty()) other = table.manifold_fallback;
    if (defaults_.of_pairs && other.empty()) other = table.pairs_fallback;
    // The table for tokens has no jumps.
    const Alternative* alternative = other.empty() ? nullptr : table.find(other);
    return alternative ? alternative : chosen_alternative(table, node);
  }

  Json value(const JsonNode* node, const ConfigField& field, const Alternative& everywhere,
             const std::string& at, const Place& place) {
    const std::string path = at + "/" + field.key;
    if (!node && field.fallback.is_null()) {
      add_missing(field, path, place);
      return nullptr;
    }
    if (!node && earlier_run_ && !field.earlier.is_null()) return field.earlier;
    if (field.kind == FieldKind::section) return below(node, field, everywhere, path, place);
    if (!node) return field.fallback;
    if (add_other_kind(*node, field, *everywhere.find(field.key), path)) return nullptr;
    ValueResult result = check_value(*node, field);
    if (!result.wrong.empty()) {
      faults_.add(result.place, path + result.at + " " + result.wrong, result.cure);
      return nullptr;
    }
    return std::move(result.value);
  }

  // Checks the section that a key of kind `section` holds. Its data may be of another kind than the
  // config's, as in a wrapper of data.
  Json below(const JsonNode* node, const ConfigField& field, const Alternative& around,
             const std::string& path, const Place& place) {
    if (field.holds == DataKind::any || field.holds == kind_)
      return section(node, section_below(field, kind_), path, place);
    const std::string of = path.substr(0, path.rfind('/')) + " (" + around.type + ")";
    return Checker(field.holds, of + " wraps " + data_words(field.holds), faults_, earlier_run_,
                   defaults_)
        .section(node, section_below(field, field.holds), path, place);
  }

  // Returns whether the key `item` of the document is "$schema" or "$comment", a note for editors
  // or readers. Adds a fault if the note is not a string.
  bool is_for_readers(const JsonNode& item) {
    if (item.key != "$schema" && item.key != "$comment") return false;
    if (item.kind != JsonNode::Kind::string)
      faults_.add(item.place, "/" + item.key + " must be a string, not " + describe(item),
                  item.key == "$schema" ? "it names the JSON Schema for an editor"
                                        : "it is a note for readers");
    return true;
  }

  // If this type, key or choice is allowed only for the other kind of data (tokens instead of
  // continuous data, or the reverse), adds a fault that says so and returns true. Otherwise returns
  // false and adds nothing.
  bool add_other_kind(const JsonNode* node, const SectionTable& table, const std::string& at) {
    const Alternative* other = chosen_alternative(section_table(table.name), node);
    if (!other || kind_ == DataKind::any) return false;
    add_mismatch(*node->find("type"), at + "/type " + quoted(other->type), other->kinds,
                 "for " + data_words(kind_) + " choose one of: " + join_words(table.types()));
    return true;
  }
  bool add_other_kind(const JsonNode& item, const Alternative& everywhere, const std::string& at) {
    const ConfigField* other = everywhere.find(item.key);
    if (!other || kind_ == DataKind::any) return false;
    add_mismatch(item, at + "/" + item.key, other->kinds, "leave it out");
    return true;
  }
  bool add_other_kind(const JsonNode& node, const ConfigField& field, const ConfigField& everywhere,
                      const std::string& path) {
    const auto has = [&node](const std::vector<std::string>& words) {
      return std::find(words.begin(), words.end(), node.text) != words.end();
    };
    if (field.kind != FieldKind::choice || node.kind != JsonNode::Kind::string ||
        has(field.choices) || !has(everywhere.choices))
      return false;
    add_mismatch(node, path + " " + quoted(node.text), other_kind(kind_),
                 "for " + data_words(kind_) + " choose one of: " + join_words(field.choices));
    return true;
  }
  void add_mismatch(const JsonNode& node, const std::string& what, DataKind kinds,
                    std::string cure) {
    faults_.add(node.place, what + " is for " + data_words(kinds) + ", but " + why_,
                std::move(cure));
  }

  void apply(const ConfigRule& rule, const Json& values, const JsonNode* node,
             const std::string& at, const Place& place) {
    if (rule.kinds != DataKind::any && kind_ == DataKind::any) return;
    if (rule.severity == Severity::new_runs && earlier_run_) return;
    for (const std::string& key : rule.needs) {
      if (values.at(key).is_null()) return;
    }
    Violation violation{rule.what, rule.cure};
    if (rule.violation) {
      const std::optional<Violation> found = rule.violation(values);
      if (!found) return;
      violation = *found;
    } else if (!rule.broken(values)) {
      return;
    }
    // Finds where to report the violation: the deepest part of the path rule.key that the document
    // contains.
    Place where = node ? node->place : place;
    std::size_t begin = 1;
    while (node && begin <= rule.key.size()) {
      const std::size_t end = std::min(rule.key.find('/', begin), rule.key.size());
      node = node->find(std::string_view(rule.key).substr(begin, end - begin));
      if (node) where = node->place;
      begin = end + 1;
    }
    const std::string what = at + rule.key + ": " + violation.what;
    if (rule.severity == Severity::warning)
      faults_.warn(where, what, violation.cure);
    else
      faults_.add(where, what, violation.cure, rule.schema.empty());
  }

  void add_missing(const ConfigField& field, const std::string& path, const Place& place) {
    std::string cure = field.doc + ": " + kind_words(field);
    if (field.kind == FieldKind::section) {
      const SectionTable& table = section_below(field, kind_);
      cure = field.doc + R"(, such as {"type": ")" + table.alternatives.front().type +
             "\"}; types: " + join_words(table.types());
    }
    faults_.add(place, path + " is missing", cure);
  }

  void add_no_object(const JsonNode& node, const SectionTable& table, const std::string& at) {
    std::string cure;
    if (table.typed()) {
      std::string type = table.fallback.empty() ? table.alternatives.front().type : table.fallback;
      if (node.kind == JsonNode::Kind::string) {
        const std::string meant = nearest(node.text, table.types());
        if (!meant.empty()) type = meant;
      }
      cure = R"(write {"type": ")" + type + "\"}; types here: " + join_words(table.types());
    } else {
      cure = "keys here: " + join_words(table.alternatives.front().keys());
    }
    faults_.add(node.place, shown_path(at) + " must be an object { ... }, not " + describe(node),
                cure);
  }

  void add_no_type(const JsonNode* node, const SectionTable& table, const std::string& at,
                   const Place& place) {
    const JsonNode* type = node ? node->find("type") : nullptr;
    const std::string types = "types here: " + join_words(table.types());
    if (!type) {
      faults_.add(node ? node->place : place, at + "/type is missing", types);
    } else if (type->kind != JsonNode::Kind::string) {
      faults_.add(type->place, at + "/type must be a string, not " + describe(*type), types);
    } else {
      faults_.add(type->place, at + "/type " + describe(*type) + " is not known",
                  did_you_mean(type->text, table.types()) + types);
    }
  }

  DataKind kind_;
  std::string why_;  // says in messages why the data is of this kind
  ConfigFaults& faults_;
  bool earlier_run_;
  Defaults defaults_;
};

// Adds to `found` a description of every section that has the key, starting with the section
// `table` at path `at`. A description is for example "in /sampler (type bosh3, dopri5, tsit5)".
void find_key(const std::string& key, const SectionTable& table, DataKind kind,
              const std::string& at, std::vector<std::string>& visited,
              std::vector<std::string>& found) {
  visited.push_back(table.name);
  std::vector<std::string> types, inner;
  for (const Alternative& alternative : table.alternatives) {
    if (alternative.find(key)) types.push_back(alternative.type);
  }
  if (!types.empty()) {
    std::string where = at.empty() ? "at the top level" : "in " + at;
    if (types.size() < table.alternatives.size())
      where += " (type " + join_words(types, ", ") + ")";
    found.push_back(where);
  }
  for (const Alternative& alternative : table.alternatives) {
    for (const ConfigField& field : alternative.fields) {
      if (field.kind != FieldKind::section) continue;
      if (std::find(visited.begin(), visited.end(), field.section) != visited.end()) continue;
      find_key(key, section_below(field, kind), kind, at + "/" + field.key, visited, found);
    }
  }
}

// Returns a type of this section that has a key similar to `key`, and that similar key. Both are
// empty if there is no such type.
std::pair<std::string, std::string> nearest_elsewhere(const std::string& key,
                                                      const SectionTable& table) {
  for (const Alternative& alternative : table.alternatives) {
    const std::string meant = nearest(key, alternative.keys());
    if (!meant.empty()) return {alternative.type, meant};
  }
  return {};
}

}  // namespace

void ConfigFaults::add(const Place& place, std::string what, std::string cure, bool beyond_schema) {
  if (full()) return;
  ConfigFault fault;
  fault.place = place;
  fault.what = std::move(what);
  fault.cure = std::move(cure);
  fault.beyond_schema = beyond_schema;
  list_.push_back(std::move(fault));
}

void ConfigFaults::warn(const Place& place, std::string what, std::string cure) {
  if (warnings_.size() >= max_faults) return;
  ConfigFault& warning = warnings_.emplace_back();
  warning.place = place;
  warning.what = std::move(what);
  warning.cure = std::move(cure);
}

const Alternative* chosen_alternative(const SectionTable& table, const JsonNode* node) {
  if (!table.typed()) return &table.alternatives.front();
  const JsonNode* type = node ? node->find("type") : nullptr;
  if (!type) return table.fallback.empty() ? nullptr : table.find(table.fallback);
  return type->kind == JsonNode::Kind::string ? table.find(type->text) : nullptr;
}

void add_unknown_key(const std::string& key, const Place& place, const Picked& picked,
                     const std::string& at, ConfigFaults& faults) {
  const auto& [table, alternative, kind] = picked;
  std::string what = "unknown key " + quoted(key) + " in " + shown_path(at);
  if (table.typed()) what += " (type \"" + alternative.type + "\")";
  std::string cure;
  std::string meant = nearest(key, alternative.keys());
  for (const std::string& known : alternative.keys()) {
    // If no known key is spelt similarly, the key may be a longer or shorter form of a known one,
    // such as "dataset" for data and "optim" for optimizer.
    const bool begins =
        key.size() > 2 && known.size() > 2 && (key.starts_with(known) || known.starts_with(key));
    if (meant.empty() && begins) meant = known;
  }
  std::vector<std::string> visited, found;
  find_key(key, config_tables(kind).front(), kind, "", visited, found);
  if (!meant.empty()) {
    cure += did_you_mean_or("", meant) + " ";
  } else if (!found.empty()) {
    cure += "`" + key + "` belongs " + join_words(found, " or ") + "; ";
  } else if (const auto [type, other] = nearest_elsewhere(key, table); !other.empty()) {
    cure += "`" + shorten(key) + "` might be \"" + other + "\" of type " + type + "; ";
  }
  const std::vector<std::string> keys = alternative.keys();
  cure += keys.empty() ? "no keys here" : "keys here: " + join_words(keys);
  faults.add(place, what, cure);
}

DataKind find_data_kind(const JsonNode& root) {
  const JsonNode* data = root.kind == JsonNode::Kind::object ? root.find("data") : nullptr;
  if (!data || data->kind != JsonNode::Kind::object) return DataKind::any;
  const Alternative* row = chosen_alternative(section_table("data"), data);
  return row ? row->kinds : DataKind::any;
}

namespace {

// Returns the type that a section of the document chooses, or "" if it chooses none.
std::string type_in(const JsonNode& root, const char* key) {
  const JsonNode* section = root.kind == JsonNode::Kind::object ? root.find(key) : nullptr;
  const JsonNode* type =
      section && section->kind == JsonNode::Kind::object ? section->find("type") : nullptr;
  return type && type->kind == JsonNode::Kind::string ? type->text : "";
}

}  // namespace

Json check_config(const JsonNode& root, ConfigFaults& faults, bool earlier_run) {
  const DataKind kind = find_data_kind(root);
  std::string why;
  if (kind != DataKind::any)
    why = "/data (" + root.find("data")->find("type")->text + ") is " + data_words(kind);
  return Checker(kind, why, faults, earlier_run,
                 {is_map_loss(type_in(root, "loss")), is_manifold_data(type_in(root, "data")),
                  type_in(root, "data") == "pairs"})
      .section(&root, config_tables(kind).front(), "", root.place);
}

}  // namespace pushforward::app
