#include "apps/json/json.h"

#include <algorithm>
#include <stdexcept>

namespace pushforward::app {
namespace {

const char* name_of(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::null: return "null";
    case Json::Kind::boolean: return "a boolean";
    case Json::Kind::integer:
    case Json::Kind::number: return "a number";
    case Json::Kind::string: return "a string";
    case Json::Kind::array: return "an array";
    case Json::Kind::object: return "an object";
  }
  return "";
}

[[noreturn]] void fail_as(const char* wanted, const Json& value) {
  throw std::runtime_error(std::string("[json] asked for ") + wanted + ", and the value is " +
                           name_of(value.kind()) + ": " + value.dump().substr(0, 60));
}

}  // namespace

Json::Json(const std::map<std::string, std::string>& values) : kind_(Kind::object) {
  for (const auto& [key, value] : values) (*this)[key] = value;
}

Json::Json(std::initializer_list<Json> items) : kind_(Kind::array), items_(items) {
  const auto is_member = [](const Json& item) {
    return item.is_array() && item.size() == 2 && item.front().is_string();
  };
  if (!std::all_of(items_.begin(), items_.end(), is_member)) return;
  Json object = Json::object();
  for (const Json& item : items_) object[item.front().string_] = item.back();
  *this = std::move(object);
}

Json Json::array(std::initializer_list<Json> items) {
  Json value;
  value.kind_ = Kind::array;
  value.items_ = items;
  return value;
}

Json Json::object() {
  Json value;
  value.kind_ = Kind::object;
  return value;
}

const std::string& Json::text() const {
  if (!is_string()) fail_as("a string", *this);
  return string_;
}

bool Json::truth() const {
  if (!is_boolean()) fail_as("a boolean", *this);
  return boolean_;
}

double Json::real() const {
  if (!is_number()) fail_as("a number", *this);
  return kind_ == Kind::integer ? static_cast<double>(integer_) : number_;
}

std::int64_t Json::whole() const {
  if (!is_number()) fail_as("a number", *this);
  return kind_ == Kind::integer ? integer_ : static_cast<std::int64_t>(number_);
}

const std::vector<Json>& Json::items() const {
  if (!is_array()) fail_as("an array", *this);
  return items_;
}

const Json& Json::at(std::size_t index) const {
  if (index >= items_.size())
    throw std::runtime_error("[json] item " + std::to_string(index) + " of " +
                             std::to_string(items_.size()) + ", counted from 0");
  return items_[index];
}

void Json::push_back(Json item) {
  if (is_null()) kind_ = Kind::array;
  if (!is_array()) fail_as("an array", *this);
  items_.push_back(std::move(item));
}

const Json* Json::find(std::string_view key) const {
  const auto found = std::find(keys_.begin(), keys_.end(), key);
  return found == keys_.end() ? nullptr : &items_[std::size_t(found - keys_.begin())];
}

Json& Json::at(std::size_t index) {
  return const_cast<Json&>(static_cast<const Json&>(*this).at(index));
}

const Json& Json::at(std::string_view key) const {
  if (!is_object()) fail_as("an object", *this);
  const Json* found = find(key);
  if (!found) throw std::runtime_error("[json] there is no \"" + std::string(key) + "\"");
  return *found;
}

Json& Json::at(std::string_view key) {
  return const_cast<Json&>(static_cast<const Json&>(*this).at(key));
}

Json& Json::operator[](std::string_view key) {
  if (is_null()) kind_ = Kind::object;
  if (!is_object()) fail_as("an object", *this);
  if (const Json* found = find(key)) return const_cast<Json&>(*found);
  keys_.emplace_back(key);
  return items_.emplace_back();
}

void Json::erase(std::string_view key) {
  const auto found = std::find(keys_.begin(), keys_.end(), key);
  if (found == keys_.end()) return;
  items_.erase(items_.begin() + (found - keys_.begin()));
  keys_.erase(found);
}

void Json::update(const Json& other) {
  for (std::size_t k = 0; k < other.keys_.size(); ++k) (*this)[other.keys_[k]] = other.items_[k];
}

const Json* Json::find_path(std::string_view path) const {
  const Json* value = this;
  std::size_t from = path.starts_with('/') ? 1 : 0;
  while (value && from <= path.size()) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    value = value->find(path.substr(from, end - from));
    from = end + 1;
  }
  return value;
}

bool Json::operator==(const Json& other) const {
  if (is_number() && other.is_number()) return (*this <=> other) == 0;
  if (kind_ != other.kind_) return false;
  return boolean_ == other.boolean_ && string_ == other.string_ && keys_ == other.keys_ &&
         items_ == other.items_;
}

std::partial_ordering Json::operator<=>(const Json& other) const {
  if (!is_number() || !other.is_number()) return std::partial_ordering::unordered;
  if (kind_ == Kind::integer && other.kind_ == Kind::integer) return integer_ <=> other.integer_;
  return real() <=> other.real();
}

std::string first_difference(const Json& a, const Json& b) {
  if (a == b || a.kind() != b.kind() || (!a.is_object() && !a.is_array())) return "";
  if (a.is_array()) {
    std::size_t k = 0;
    while (k < a.size() && k < b.size() && a.at(k) == b.at(k)) ++k;
    const bool both = k < a.size() && k < b.size();
    return "/" + std::to_string(k) + (both ? first_difference(a.at(k), b.at(k)) : "");
  }
  for (const std::string& key : a.keys()) {
    const Json *one = a.find(key), *other = b.find(key);
    if (!other) return "/" + key;
    if (*one != *other) return "/" + key + first_difference(*one, *other);
  }
  for (const std::string& key : b.keys()) {
    if (!a.contains(key)) return "/" + key;
  }
  return "";  // only the order of the members differs
}

}  // namespace pushforward::app
