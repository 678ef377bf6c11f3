// Turns the table of fields into text: the reference page, the starter config (written by `config
// init`) and the words for completion in a shell.
#include <algorithm>
#include <map>
#include <unordered_set>

#include "apps/config/config.h"
#include "apps/config/data_types.h"
#include "apps/config/starter.h"
#include "apps/config/table.h"
#include "apps/failure.h"
#include "apps/json/faults.h"
#include "apps/json/write.h"
#include "apps/suggest.h"

namespace pushforward::app {
namespace {

// Formats a default for the reference page and the starter config.
std::string default_words(const ConfigField& field) {
  if (!field.default_words.empty()) return field.default_words;
  if (field.fallback.is_null()) return "required";
  if (field.kind == FieldKind::section) {
    const SectionTable& table = section_table(field.section);
    const auto words = [](const std::string& type) { return "`{\"type\": \"" + type + "\"}`"; };
    if (table.fallback.empty()) return "its defaults";
    return words(table.fallback) +
           (table.token_fallback.empty() ? "" : "; tokens: " + words(table.token_fallback));
  }
  const auto words = [](const Json& value) {
    std::string text = write_json(value);
    text.pop_back();
    return "`" + text + "`";
  };
  return words(field.fallback) +
         (field.token_fallback.is_null() ? "" : "; tokens: " + words(field.token_fallback));
}

// Escapes each `|` of the text, because a `|` would end a cell of a Markdown table.
std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
    text.replace(at, 1, "\\|");
  }
  return text;
}

// Returns the text that marks an alternative, key or rule as valid for one kind of data only.
std::string only_words(DataKind kinds) {
  if (kinds == DataKind::any) return "";
  return std::string(" (") + kind_name(kinds) + " only)";
}

void add_rows(const Alternative& alternative, std::string& page) {
  if (alternative.fields.empty()) return;
  page += "\n| key | holds | default | meaning |\n|---|---|---|---|\n";
  for (const ConfigField& field : alternative.fields) {
    std::string holds = kind_words(field);
    if (field.kind == FieldKind::section) holds = "[" + field.section + "](#" + field.section + ")";
    if (const std::string range = range_words(field); !range.empty()) holds += ", " + range;
    page += "| `" + field.key + "` | " + cell(holds) + " | " + cell(default_words(field)) + " | " +
            cell(field.doc) + only_words(field.kinds) + " |\n";
  }
  for (const ConfigRule& rule : alternative.rules) {
    const char* const grade = rule.severity == Severity::warning ? "\nWarning" : "\nRefused";
    page += grade + only_words(rule.kinds) + ", at `" + rule.key + "`: " + rule.what + "; " +
            rule.cure + ".\n";
  }
}

std::string kind_mark(const Alternative& alternative) {
  if (alternative.kinds == DataKind::any) return "";
  return std::string(" (") + kind_name(alternative.kinds) + ")";
}

// The data section of a starter config. `types` are the types of the nested sections from the
// outside: a wrapper if the data needs scaling before a flow can learn it well, then the data
// itself. `values` are the values that differ from their defaults.
struct StarterData {
  std::vector<std::string> types;
  std::map<std::string, Json> values = {};
  bool on_manifold = false;
};

StarterData scaled_data(const std::string& type, const std::string& file) {
  static const std::map<std::string, StarterData> needed{
      // A csv section standardizes its columns itself.
      {"npy", {{"standardize", "npy"}}},
      {"geyser", {{"standardize", "geyser"}}},
      // The wrapper maps the grey levels 0 to 16 of the digits to -1 to 1.
      {"digits", {{"affine", "digits"}, {{"scale", Json(0.125)}, {"shift", Json(-1.0)}}}},
      {"vmf_mixture", {{"vmf_mixture"}, {{"means", Json::array({Json::array({0.0, 0.0, 1.0})})}}}},
      {"manifold", {{"manifold", "csv"}, {{"latlong", {"latitude", "longitude"}}}}}};
  const auto found = needed.find(type);
  StarterData data = found == needed.end() ? StarterData{{type}} : found->second;
  if (!file.empty()) data.values["path"] = file;
  data.on_manifold = is_manifold_data(type);
  return data;
}

// Appends one key of the starter config, and the comment that explains the key, to `out`.
void add_starter(const ConfigField& field, DataKind kind, const StarterData& data,
                 const std::string& indent, bool last, std::string& out);

void add_starter_object(const SectionTable& table, DataKind kind, const StarterData& data,
                        const std::string& fallback, const std::string& indent, std::string& out) {
  // Data can be wrapped in other data. The data section at this depth of nesting has the type that
  // was requested for the depth, or the first type of the table if none was requested.
  const std::size_t depth = indent.size() / 2 - 1;
  const std::string inner =
      depth < data.types.size() ? data.types[depth] : table.alternatives.front().type;
  const std::string type = !fallback.empty() || !table.typed() ? fallback : inner;
  const Alternative& alternative = *table.find(type);
  if (table.typed() && alternative.fields.empty()) {
    out += "{\"type\": " + Json(alternative.type).dump() + "}";
    return;
  }
  out += "{\n";
  if (table.typed()) {
    out += indent + "  \"type\": " + Json(alternative.type).dump() +
           (alternative.fields.empty() ? "" : ",") + "\n";
  }
  for (const ConfigField& field : alternative.fields) {
    add_starter(field, kind, data, indent + "  ", &field == &alternative.fields.back(), out);
  }
  out += indent + "}";
}

// Returns the placeholder that the starter config has for the value of a field without a default.
Json stand_in(const ConfigField& field) {
  switch (field.kind) {
    case FieldKind::text: return "FILE";
    case FieldKind::matrix: return {{0.0, 0.0}};
    case FieldKind::integer: return static_cast<std::int64_t>(field.range.low);
    default: return field.fallback;
  }
}

void add_starter(const ConfigField& field, DataKind kind, const StarterData& data,
                 const std::string& indent, bool last, std::string& out) {
  if (!field.default_words.empty()) {
    out += indent + "// \"" + field.key + "\": " + field.fallback.dump() + ",  // " + field.doc +
           "; left out: " + field.default_words + "\n";
    return;
  }
  const std::string comma = last ? "" : ",";
  if (field.kind == FieldKind::section) {
    const SectionTable& table = section_below(field, kind);
    out += indent + "// " + field.doc + "\n";
    if (table.typed()) out += indent + "// types: " + join_words(table.types()) + "\n";
    out += indent + "\"" + field.key + "\": ";
    const bool of_data = field.key == "data" || field.key == "of";
    const StarterData below{.types = {}, .on_manifold = data.on_manifold};
    const bool of_pairs = !data.types.empty() && data.types.front() == "pairs";
    const std::string& fallback = of_pairs && !table.pairs_fallback.empty() ? table.pairs_fallback
                                  : data.on_manifold && !table.manifold_fallback.empty()
                                      ? table.manifold_fallback
                                      : table.fallback;
    add_starter_object(table, kind, of_data ? data : below, fallback, indent, out);
    out += comma + "\n";
    return;
  }
  const auto chosen = data.values.find(field.key);
  std::string value = write_json(chosen != data.values.end() ? chosen->second
                                 : field.fallback.is_null()  ? stand_in(field)
                                                             : field.fallback);
  value.pop_back();
  out += indent + "\"" + field.key + "\": " + value + comma + "  // " + field.doc;
  if (field.kind == FieldKind::choice && field.choices.size() > 1)
    out += ": " + join_words(field.choices, ", ");
  out += "\n";
}

// Returns the possible values of a field if they can be listed.
std::vector<std::string> list_values(const ConfigField& field) {
  if (field.kind == FieldKind::choice) return field.choices;
  if (field.kind == FieldKind::boolean) return {"true", "false"};
  if (field.kind == FieldKind::number_or_auto) return {"auto"};
  return {};
}

// Collects the keys and values of the table's sections that begin with the text that the user has
// typed, each once, in the order of the table.
class Completions {
 public:
  explicit Completions(std::string_view typed)
      : typed_(typed), values_(typed.find('=') != std::string_view::npos) {}

  // Adds the keys below a section at the path `at`. Sections are followed down to the fourth level.
  void add_below(const SectionTable& table, const std::string& at, int depth) {
    // A key below the path `at` can only begin with the typed text if the path begins with the
    // text, or the text with the path.
    if (!at.starts_with(typed_) && !typed_.starts_with(at)) return;
    if (table.typed()) add_key(at + "type=", table.types());
    for (const Alternative& alternative : table.alternatives) {
      for (const ConfigField& field : alternative.fields) {
        if (field.kind != FieldKind::section)
          add_key(at + field.key + "=", list_values(field));
        else if (depth < 4)
          add_below(section_table(field.section), at + field.key + ".", depth + 1);
      }
    }
  }

  const std::vector<std::string>& found() const { return found_; }

 private:
  void add_key(const std::string& key, const std::vector<std::string>& values) {
    if (!values_) return add(key);
    for (const std::string& value : values) add(key + value);
  }
  void add(const std::string& word) {
    if (word.starts_with(typed_) && known_.insert(word).second) found_.push_back(word);
  }

  std::string_view typed_;
  bool values_;  // the text has a key already
  std::vector<std::string> found_;
  std::unordered_set<std::string> known_;
};

}  // namespace

std::string config_reference_markdown() {
  std::string page =
      "# The config, key by key\n\n"
      "<!-- Written by `pushforward config schema --markdown` "
      "from the table in apps/config/fields*.cpp. -->\n\n"
      "A config is one JSON object; `//` and `/* */` comments are allowed, trailing commas are "
      "not. Its keys `$schema` (which names the JSON Schema for an editor) and `$comment` (a note "
      "for readers) hold strings that the program skips. Each section is an object whose `type` picks an alternative, and only the keys of "
      "that alternative are allowed. Everything except `data` has a default. The defaults and the "
      "alternatives depend on whether the data is continuous or tokens. "
      "A number without a stated limit may be up to 1e12 in size. "
      "`pushforward config show FILE` writes out every value, "
      "and `pushforward config init` writes a commented config to start from.\n\n"
      "On the command line, `a.b=value` sets a key (the value is read as JSON, "
      "or as a string if it is not JSON), and `~a.b` resets it to its default. "
      "Setting a section's `type` drops the keys that only its old type has; `path=vp` is short for "
      "`path.type=vp`.\n\n"
      "An editor that knows JSON Schema, such as VS Code, completes and checks the keys of a config "
      "whose `$schema` names the file of the schema: a path from the folder of the config that "
      "begins with `./` or `../`, or an absolute path. `pushforward config init` writes the absolute "
      "path of the schema that came with the program. The configs in `data/configs` name "
      "`../config.schema.json`, so change that line in a copy: `pushforward config schema > "
      "config.schema.json` writes the schema beside the copy, `\"$schema\": "
      "\"./config.schema.json\"` names it there, and `pushforward config check FILE` says when no "
      "file is there.\n";
  for (const SectionTable& table : config_tables()) {
    const bool top = &table == &config_tables().front();
    page +=
        "\n## " + (top ? std::string("The whole config") : table.name) + "\n\n" + table.doc + "\n";
    if (!table.fallback.empty())
      page += "\nThe default type is `" + table.fallback + "`" +
              (table.token_fallback.empty() ? "" : ", for tokens `" + table.token_fallback + "`") +
              (table.map_fallback.empty()
                   ? ""
                   : ", for the losses of flow maps `" + table.map_fallback + "`") +
              (table.manifold_fallback.empty()
                   ? ""
                   : ", for data on a manifold `" + table.manifold_fallback + "`") +
              (table.pairs_fallback.empty()
                   ? ""
                   : ", for data of type `pairs` `" + table.pairs_fallback + "`") +
              ".\n";
    for (const Alternative& alternative : table.alternatives) {
      if (table.typed())
        page += "\n**`" + alternative.type + "`**" + kind_mark(alternative) + ": " +
                alternative.doc + ".\n";
      add_rows(alternative, page);
    }
  }
  return page;
}

std::string starter_config(const StarterRequest& request) { return starter_config(request, {}); }

std::string starter_config(const StarterRequest& request,
                           const std::map<std::string, Json>& values) {
  const std::string& data = request.data;
  const SectionTable& table = section_table("data");
  const Alternative* row = data.empty() ? &table.alternatives.front() : table.find(data);
  if (!row && data.ends_with(".json")) {
    const std::size_t begin = data.rfind('/') + 1;  // npos + 1 is 0
    const std::string name = data.substr(begin, data.size() - begin - std::string(".json").size());
    throw Failure(Exit::usage,
                  "[config] init prints a config and writes no file; `pushforward config init " +
                      (table.find(name) ? name : "DATA") + " > " + shorten(data) +
                      "` writes one, of a data set or of a table");
  }
  if (!row) {
    throw Failure(Exit::usage, "[config] there is no data set \"" + shorten(data) + "\"; " +
                                   did_you_mean(data, table.types()) +
                                   "choose one of: " + join_words(table.types()));
  }
  std::string out =
      "// A config of pushforward. "
      "A key that is left out has the value shown here. Only `data` must be given.\n"
      "// `pushforward config check FILE` checks it, docs/config.md explains every key.\n";
  std::string config;
  StarterData starter = scaled_data(row->type, request.file);
  for (const auto& [key, value] : values) starter.values[key] = value;
  add_starter_object(config_tables(row->kinds).front(), row->kinds, starter, "", "", config);
  if (!request.schema.empty())
    config.insert(2, "  \"$schema\": " + Json(request.schema).dump() + ",\n");
  return out + config + "\n";
}

std::vector<std::string> completion_words(std::string_view word) {
  const std::string mark = word.starts_with('~') ? "~" : "";
  if (!mark.empty() && word.find('=') != std::string_view::npos) return {};
  Completions completions(word.substr(mark.size()));
  completions.add_below(config_tables().front(), "", 0);
  std::vector<std::string> words = completions.found();
  for (std::string& found : words) {
    if (!mark.empty()) found.pop_back();  // "~key" takes no value
    found.insert(0, mark);
  }
  return words;
}

}  // namespace pushforward::app
