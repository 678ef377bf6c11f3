#include "apps/config/overrides.h"

#include <algorithm>

#include "nn/checkpoint/utf8.h"

namespace pushforward::app {
namespace {

// The parts of one override, such as "a.b=value" or "~a.b".
struct Change {
  std::vector<std::string> path;
  bool removes = false;
  std::string value;
  Place place;
};

// Splits the text of an override into its parts. Returns false and adds a fault if the text is not
// an override.
bool take_apart(const std::string& text, const Place& place, Change& change, ConfigFaults& faults) {
  constexpr const char* form =
      "write key.path=value to set a key, ~key.path to go back to its default";
  change.place = place;
  change.removes = text.starts_with('~');
  const std::size_t equals = text.find('=');
  if (!change.removes && equals == std::string::npos) {
    faults.add(place, "it has no \"=\"", form);
    return false;
  }
  if (change.removes && equals != std::string::npos) {
    faults.add(place, "\"~\" resets a key and takes no value", form);
    return false;
  }
  const std::size_t begin = change.removes ? 1 : 0;
  const std::string path =
      text.substr(begin, equals == std::string::npos ? equals : equals - begin);
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t dot = std::min(path.find('.', from), path.size());
    change.path.push_back(path.substr(from, dot - from));
    from = dot + 1;
  }
  if (std::find(change.path.begin(), change.path.end(), "") != change.path.end()) {
    faults.add(place, "the path \"" + path + "\" has an empty name", form);
    return false;
  }
  if (change.path.size() > static_cast<std::size_t>(max_json_depth)) {
    faults.add(place, "a path of " + std::to_string(change.path.size()) + " names", form);
    return false;
  }
  if (!change.removes) change.value = text.substr(equals + 1);
  return true;
}

void set_place(JsonNode& node, const Place& place) {
  node.place = node.key_place = place;
  for (JsonNode& item : node.items) set_place(item, place);
}

// Parses the value of an override. Returns false and adds a fault if it is invalid JSON.
bool read_value(const Change& change, JsonNode& node, ConfigFaults& faults) {
  try {
    JsonDocument document = parse_json(change.value, Comments::refused);
    for (const JsonFault& fault : document.faults) faults.add(change.place, fault.what, fault.cure);
    node = std::move(document.root);
  } catch (const JsonSyntax& syntax) {
    if (not_utf8_at(change.value)) {
      faults.add(change.place, "its value is not UTF-8", "write it in UTF-8");
      return false;
    }
    // A value that begins like an array, an object or a string must be JSON.
    if (!change.value.empty() &&
        std::string_view("[{\"").find(change.value[0]) != std::string_view::npos) {
      faults.add(change.place,
                 "its value is not valid JSON, at column " +
                     std::to_string(syntax.fault.place.column) + ": " + syntax.fault.what,
                 syntax.fault.cure);
      return false;
    }
    node.kind = JsonNode::Kind::string;
    node.text = change.value;
  }
  set_place(node, change.place);
  return true;
}

// The section of a config that a path of keys leads to, and the section's object in the document if
// it has one.
struct ConfigSpot {
  const SectionTable* table = nullptr;  // nullptr: there is no such section
  JsonNode* node = nullptr;
  DataKind kind = DataKind::any;  // the kind of the section's data
};

ConfigSpot inner_spot(const ConfigSpot& outer, const std::string& name) {
  ConfigSpot spot;
  if (!outer.table) return spot;
  const Alternative* alternative = chosen_alternative(*outer.table, outer.node);
  const ConfigField* field = alternative ? alternative->find(name) : nullptr;
  if (!field || field->kind != FieldKind::section) return spot;
  const DataKind kind = field->holds == DataKind::any ? outer.kind : field->holds;
  return {&section_table(field->section, kind), outer.node ? outer.node->find(name) : nullptr,
          kind};
}

void erase_key(JsonNode& object, const std::string& key) {
  std::erase_if(object.items, [&](const JsonNode& item) { return item.key == key; });
}

// Called after a change of the key `type` of a section. Removes the keys that only the previous
// alternative `before` has, since they were meant for that alternative.
void drop_old_keys(const ConfigSpot& spot, const Alternative* before, DataKind kind) {
  if (!spot.table || !spot.node) return;
  const std::string& name = spot.table->name;
  const Alternative* now = chosen_alternative(section_table(name, kind), spot.node);
  if (!now) now = chosen_alternative(section_table(name), spot.node);
  if (!before || !now || before == now) return;
  std::erase_if(spot.node->items, [&](const JsonNode& item) {
    return before->find(item.key) && !now->find(item.key);
  });
}

class Applier {
 public:
  Applier(JsonNode& root, ConfigFaults& faults) : root_(root), faults_(faults) {}

  void apply(const Change& change) {
    const DataKind kind = find_data_kind(root_);
    ConfigSpot spot{&config_tables(kind).front(), &root_, kind};
    std::string at;
    for (std::size_t i = 0; i + 1 < change.path.size(); ++i) {
      JsonNode* next = spot.node ? spot.node->find(change.path[i]) : nullptr;
      if (!next && !change.removes) next = &make(*spot.node, change.path[i], change.place);
      at += "/" + change.path[i];
      if (next && next->kind != JsonNode::Kind::object) {
        faults_.add(change.place,
                    at + " is " + describe(*next) + ", not an object with keys of its own", "");
        return;
      }
      ConfigSpot deeper = inner_spot(spot, change.path[i]);
      if (change.removes && !deeper.table && !next) {
        add_no_such_key(change, i, spot, at.substr(0, at.size() - change.path[i].size() - 1));
        return;
      }
      deeper.node = next;
      spot = deeper;
    }
    finish(change, spot, at);
  }

 private:
  static JsonNode& make(JsonNode& object, const std::string& key, const Place& place) {
    JsonNode& node = object.items.emplace_back();
    node.kind = JsonNode::Kind::object;
    node.key = key;
    node.place = node.key_place = place;
    return node;
  }

  void finish(const Change& change, const ConfigSpot& spot, const std::string& at) {
    const std::string& key = change.path.back();
    const Alternative* before = spot.table ? chosen_alternative(*spot.table, spot.node) : nullptr;
    if (change.removes) {
      if (spot.node && spot.node->find(key)) {
        erase_key(*spot.node, key);
      } else if (!known(spot, key)) {
        add_no_such_key(change, change.path.size() - 1, spot, at);
      }
    } else {
      JsonNode value;
      if (!read_value(change, value, faults_)) return;
      if (names_type(spot, key, value)) {
        // The override "path=vp", for a section `path`, is short for "path.type=vp".
        Change typed = change;
        typed.path.emplace_back("type");
        apply(typed);
        return;
      }
      value.key = key;
      erase_key(*spot.node, key);
      spot.node->items.push_back(std::move(value));
    }
    if (key == "type") drop_old_keys(spot, before, find_data_kind(root_));
  }

  // Returns whether the value of an override is a word and its key is a section with types. The
  // word is then meant as the section's type, and reported as an unknown type if there is no such
  // type.
  static bool names_type(const ConfigSpot& spot, const std::string& key, const JsonNode& value) {
    if (!spot.table || value.kind != JsonNode::Kind::string || value.text.empty()) return false;
    const Alternative* alternative = chosen_alternative(*spot.table, spot.node);
    const ConfigField* field = alternative ? alternative->find(key) : nullptr;
    return field && field->kind == FieldKind::section && section_table(field->section).typed();
  }

  static bool known(const ConfigSpot& spot, const std::string& key) {
    if (!spot.table) return false;
    const Alternative* alternative = chosen_alternative(*spot.table, spot.node);
    return (key == "type" && spot.table->typed()) || (alternative && alternative->find(key));
  }

  void add_no_such_key(const Change& change, std::size_t i, const ConfigSpot& spot,
                       const std::string& at) {
    const Alternative* alternative =
        spot.table ? chosen_alternative(*spot.table, spot.node) : nullptr;
    if (alternative) {
      add_unknown_key(change.path[i], change.place, {*spot.table, *alternative, spot.kind}, at,
                      faults_);
    } else {
      faults_.add(change.place, "there is no key " + at + "/" + change.path[i] + " to remove", "");
    }
  }

  JsonNode& root_;
  ConfigFaults& faults_;
};

}  // namespace

void apply_overrides(JsonNode& root, const std::vector<std::string>& overrides,
                     ConfigFaults& faults) {
  if (root.kind != JsonNode::Kind::object) return;  // check_config reports it
  Applier applier(root, faults);
  for (std::size_t i = 0; i < overrides.size(); ++i) {
    Change change;
    const Place place{0, 0, static_cast<int>(i)};
    if (take_apart(overrides[i], place, change, faults)) applier.apply(change);
  }
}

}  // namespace pushforward::app
