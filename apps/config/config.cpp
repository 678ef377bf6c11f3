#include "apps/config/config.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <tuple>

#include "apps/config/check.h"
#include "apps/config/file_memory.h"
#include "apps/config/overrides.h"
#include "apps/failure.h"
#include "apps/json/write.h"
#include "apps/suggest.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

// Formats one fault or warning as text: its place (line and column, or the override), what is
// wrong, and the cure (what to do).
std::string message(const JsonFault& fault, const std::string& name,
                    const std::vector<std::string>& overrides, const char* grade = "error") {
  std::string text;
  if (fault.place.override_index >= 0) {
    text = "override `" + overrides[static_cast<std::size_t>(fault.place.override_index)] + "`: ";
  } else {
    text = name + ":" + std::to_string(fault.place.line) + ":" +
           std::to_string(fault.place.column) + ": ";
  }
  text += std::string(grade) + ": " + fault.what;
  if (!fault.cure.empty()) text += "\n   " + fault.cure;
  return text;
}

// Sorts faults by their places: first those in the file, then those in overrides.
std::vector<ConfigFault> in_order(std::vector<ConfigFault> faults) {
  std::stable_sort(faults.begin(), faults.end(), [](const ConfigFault& a, const ConfigFault& b) {
    const auto key = [](const Place& p) { return std::tuple(p.override_index, p.line, p.column); };
    return key(a.place) < key(b.place);
  });
  return faults;
}

// Throws a Failure whose message lists all faults.
[[noreturn]] void report(const std::vector<ConfigFault>& faults, const std::string& name,
                         const std::vector<std::string>& overrides) {
  std::vector<std::string> messages;
  for (const ConfigFault& fault : in_order(faults))
    messages.push_back(message(fault, name, overrides));
  if (faults.size() >= ConfigFaults::max_faults)
    messages.push_back(name + ": there may be more errors");
  throw Failure(Exit::usage, join_words(messages, "\n"));
}

// Returns the name of a run for the config in this file: the file's stem. Characters that are not
// allowed in a name become "_".
std::string run_name_of(const std::string& path) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  std::string name = std::filesystem::path(path).stem().string().substr(0, 100);
  for (char& c : name) {
    if (!is_word(c) && c != '.' && c != '_' && c != '-') c = '_';
  }
  while (!name.empty() && !is_word(name.front())) name.erase(0, 1);
  return name.empty() ? "run" : name;
}

// Throws a Failure for a config that cannot be read. The message suggests a file of the same folder
// with a similar name.
[[noreturn]] void cannot_read(const std::string& path, const std::string& why) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  for (auto entry = fs::directory_iterator(folder.empty() ? "." : folder, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == ".json") files.push_back(entry->path().stem().string());
  }
  std::sort(files.begin(), files.end());
  const std::string meant = nearest(fs::path(path).stem().string(), files);
  std::string text = path + ": error: cannot read the config: " + why;
  if (!meant.empty() && !fs::exists(path, error)) {
    text += "\n   did you mean " + (folder / meant).string() + ".json?";
  } else {
    text += "\n   `pushforward config init > my.json` writes a config to start from";
  }
  throw Failure(Exit::file, text);
}

}  // namespace

const Json& Section::get(std::string_view path, Json::Kind kind, const char* name) const {
  const Json* node = here_->find_path(path);
  check(node != nullptr, "config", "there is no ", std::string(path), " in \"", at_, "\"");
  check(node->kind() == kind, "config", at_, " ", std::string(path), " is ", node->dump(), ", no ",
        name);
  return *node;
}

double Section::number(std::string_view path) const {
  return get(path, Json::Kind::number, "number").get<double>();
}
std::int64_t Section::integer(std::string_view path) const {
  return get(path, Json::Kind::integer, "integer").get<std::int64_t>();
}
bool Section::boolean(std::string_view path) const {
  return get(path, Json::Kind::boolean, "boolean").get<bool>();
}
const std::string& Section::string(std::string_view path) const {
  return get(path, Json::Kind::string, "string").text();
}
const Json& Section::array(std::string_view path) const {
  return get(path, Json::Kind::array, "array");
}

std::vector<double> Section::numbers(std::string_view path) const {
  const Json* node = here_->find_path(path);
  if (node && node->kind() == Json::Kind::number) return {node->get<double>()};
  std::vector<double> all;
  for (const Json& item : array(path)) {
    check(item.kind() == Json::Kind::number, "config", at_, " ", std::string(path), " holds ",
          item.dump(), ", no number");
    all.push_back(item.get<double>());
  }
  return all;
}

std::vector<std::int64_t> Section::integers(std::string_view path) const {
  std::vector<std::int64_t> all;
  for (const Json& item : array(path)) {
    check(item.kind() == Json::Kind::integer, "config", at_, " ", std::string(path), " holds ",
          item.dump(), ", no integer");
    all.push_back(item.get<std::int64_t>());
  }
  return all;
}

std::vector<std::vector<double>> Section::matrix(std::string_view path) const {
  std::vector<std::vector<double>> rows;
  for (const Json& row : array(path)) {
    check(row.is_array(), "config", at_, " ", std::string(path), " holds ", row.dump(), ", no row");
    rows.push_back(row.get<std::vector<double>>());
  }
  return rows;
}

Section Section::section(std::string_view path) const {
  Section inner = *this;
  inner.here_ = &get(path, Json::Kind::object, "object");
  inner.at_ += std::string(path.starts_with('/') ? "" : "/") + std::string(path);
  return inner;
}

bool Section::has(std::string_view path) const { return here_->find_path(path) != nullptr; }

namespace {

// Removes from a data section, and from those that it contains, what a run remembers of its files.
void forget_files(Json& section) {
  if (section.contains(kFileMemory)) section.erase(kFileMemory);
  if (section.contains("of") && section.at("of").is_object()) forget_files(section.at("of"));
}

}  // namespace

std::string Config::dump() const {
  Json values = json();
  for (const char* const key : {"data", "source"})
    if (values.contains(key) && values.at(key).is_object()) forget_files(values.at(key));
  return write_json(values);
}

Config Config::with_text(std::string_view path, const std::string& text) const {
  Json values = json();
  Json* at = &values;
  while (!path.empty()) {
    path.remove_prefix(1);  // removes the slash
    const std::string_view key = path.substr(0, path.find('/'));
    path.remove_prefix(key.size());
    at = path.empty() && key == kFileMemory ? &(*at)[key] : &at->at(key);
  }
  *at = text;
  Config changed(std::move(values));
  changed.original_hash_ = hash();
  return changed;
}

std::uint64_t Config::hash() const {
  if (original_hash_) return *original_hash_;
  const std::string text = dump();
  return XXH3_64bits(text.data(), text.size());
}

bool of_tokens(const Section& config) {
  return section_table("data").find(config.string("/data/type"))->kinds == DataKind::tokens;
}

std::vector<std::string> types_for(const Section& config, std::string_view section) {
  return section_table(section, of_tokens(config) ? DataKind::tokens : DataKind::continuous)
      .types();
}

Config parse_config(std::string_view text, const std::string& name,
                    const std::vector<std::string>& overrides, const ConfigOrigin& origin) {
  ConfigFaults faults;
  JsonDocument document;
  try {
    document = parse_json(text);
  } catch (const JsonSyntax& syntax) {
    throw Failure(Exit::usage, message(syntax.fault, name, overrides));
  }
  for (const JsonFault& fault : document.faults) faults.add(fault.place, fault.what, fault.cure);
  apply_overrides(document.root, overrides, faults);
  Json values = check_config(document.root, faults, origin.earlier_run);
  if (faults.count() > 0) report(faults.list(), name, overrides);
  if (!document.root.find("name")) values["name"] = origin.run_name;
  std::vector<std::string> warnings;
  for (const ConfigFault& warning : in_order(faults.warnings()))
    warnings.push_back(message(warning, name, overrides, "warning"));
  return Config(std::move(values), std::move(warnings));
}

Config load_config(const std::string& path, const std::vector<std::string>& overrides,
                   bool earlier_run) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    const std::string inside = (std::filesystem::path(path) / "config.json").string();
    const bool run = std::filesystem::exists(inside, error);
    cannot_read(path, run ? "it is a folder; a run's config is " + inside : "it is a folder");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) cannot_read(path, std::strerror(errno));
  std::string text(max_json_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) cannot_read(path, std::strerror(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return parse_config(text, path, overrides, {earlier_run, run_name_of(path)});
}

}  // namespace pushforward::app
