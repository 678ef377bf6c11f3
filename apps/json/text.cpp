// Parses and writes JSON values with nlohmann's library.
#include <array>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "apps/json/json.h"
#include "nn/checkpoint/utf8.h"

namespace pushforward::app {
namespace {

using Library = nlohmann::ordered_json;

// JSON is UTF-8, but a file's name may have any bytes. Bytes that are not UTF-8 become \xNN.
std::string as_utf8(std::string_view text) {
  std::string all;
  while (const auto bad = not_utf8_at(text)) {
    std::array<char, 5> code;
    std::snprintf(code.data(), code.size(), "\\x%02x",
                  static_cast<unsigned>(static_cast<unsigned char>(text[*bad])));
    all.append(text.substr(0, *bad)).append(code.data());
    text.remove_prefix(*bad + 1);
  }
  return all.append(text);
}

Library to_library(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::null: return nullptr;
    case Json::Kind::boolean: return value.get<bool>();
    case Json::Kind::integer: return value.get<std::int64_t>();
    case Json::Kind::number: return value.get<double>();
    case Json::Kind::string: return as_utf8(value.text());
    case Json::Kind::array: {
      Library array = Library::array();
      for (const Json& item : value) array.push_back(to_library(item));
      return array;
    }
    case Json::Kind::object: break;
  }
  Library object = Library::object();
  for (const std::string& key : value.keys()) object[as_utf8(key)] = to_library(value.at(key));
  return object;
}

Json from_library(const Library& value) {
  switch (value.type()) {
    case Library::value_t::boolean: return value.get<bool>();
    case Library::value_t::number_integer: return value.get<std::int64_t>();
    case Library::value_t::number_unsigned: return value.get<std::uint64_t>();
    case Library::value_t::number_float: return value.get<double>();
    case Library::value_t::string: return value.get_ref<const std::string&>();
    case Library::value_t::array: {
      Json array = Json::array();
      for (const Library& item : value) array.push_back(from_library(item));
      return array;
    }
    case Library::value_t::object: {
      Json object = Json::object();
      for (const auto& item : value.items()) object[item.key()] = from_library(item.value());
      return object;
    }
    default: return nullptr;
  }
}

}  // namespace

std::string Json::dump(int indent) const {
  return to_library(*this).dump(indent, ' ', false, Library::error_handler_t::replace);
}

Json Json::parse_or_null(std::string_view text) {
  return from_library(Library::parse(text.begin(), text.end(), nullptr, false));
}

Json Json::parse(std::string_view text) {
  const Library value = Library::parse(text.begin(), text.end(), nullptr, false);
  if (value.is_discarded()) throw std::runtime_error("[json] this is no JSON text");
  return from_library(value);
}

}  // namespace pushforward::app
