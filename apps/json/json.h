// A JSON value, the type of the program's configs, reports and metadata.
//
// nlohmann's library parses and writes its text (text.cpp, document.cpp). Including that library
// takes at least two seconds of compile time per source, so all other sources use this small type.
// Its members have the same names as nlohmann's.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pushforward::app {

// Null, a boolean, a signed 64-bit integer (larger ones are doubles), a double, a string, an array,
// or an object whose keys stay in the order of insertion. Access to a value of another kind throws
// std::runtime_error "[json] ...".
class Json {
 public:
  enum class Kind { null, boolean, integer, number, string, array, object };

  Json() = default;
  Json(std::nullptr_t) {}
  Json(bool value) : kind_(Kind::boolean), boolean_(value) {}
  Json(double value) : kind_(Kind::number), number_(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Json(T value) {
    if (std::in_range<std::int64_t>(value)) {
      kind_ = Kind::integer;
      integer_ = static_cast<std::int64_t>(value);
    } else {
      kind_ = Kind::number;
      number_ = static_cast<double>(value);
    }
  }
  Json(std::string value) : kind_(Kind::string), string_(std::move(value)) {}
  Json(std::string_view value) : Json(std::string(value)) {}
  Json(const char* value) : Json(std::string(value)) {}
  template <class T>
  Json(const std::vector<T>& values) : kind_(Kind::array), items_(values.begin(), values.end()) {}
  Json(const std::map<std::string, std::string>& values);
  // Makes an object if every item is an array of two items, a string (the key) and a value;
  // otherwise an array.
  Json(std::initializer_list<Json> items);
  static Json array(std::initializer_list<Json> items = {});
  static Json object();

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_boolean() const { return kind_ == Kind::boolean; }
  bool is_number() const { return kind_ == Kind::integer || kind_ == Kind::number; }
  bool is_string() const { return kind_ == Kind::string; }
  bool is_array() const { return kind_ == Kind::array; }
  bool is_object() const { return kind_ == Kind::object; }

  // Returns the value as a bool, a number, a std::string, a Json, or a std::vector of these. A
  // double that is read as an integer loses its fraction.
  template <class T>
  T get() const;
  const std::string& text() const;  // the value of a string

  // The items of an array or the values of an object, in order. Other kinds have none.
  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  std::vector<Json>::const_iterator begin() const { return items_.begin(); }
  std::vector<Json>::const_iterator end() const { return items_.end(); }
  const Json& at(std::size_t index) const;
  Json& at(std::size_t index);
  const Json& front() const { return at(0); }
  const Json& back() const { return at(size() - 1); }
  void push_back(Json item);  // null becomes an array

  // The members of an object. For a missing key `at` throws, `find` returns nullptr, and [] inserts
  // null. [] turns a null value into an object.
  const std::vector<std::string>& keys() const { return keys_; }
  const Json* find(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  const Json& at(std::string_view key) const;
  Json& at(std::string_view key);
  Json& operator[](std::string_view key);
  Json& operator[](std::integral auto index) = delete;  // the index 0 would be a null key
  template <class T>
  T value(std::string_view key, T otherwise) const {
    const Json* found = find(key);
    return found ? found->get<T>() : otherwise;
  }
  void erase(std::string_view key);
  void update(const Json& other);  // copies every member of `other` into this object

  // Returns the value at a path of keys such as "/samples/w2" (the first slash is optional), or
  // nullptr if there is none.
  const Json* find_path(std::string_view path) const;

  // An integer equals a double of the same value: 1 == 1.0. Objects with another order of keys
  // differ.
  bool operator==(const Json& other) const;
  std::partial_ordering operator<=>(const Json& other) const;  // ordered if both are numbers

  // Returns the value as JSON text, on one line or with `indent` spaces per level. Numbers read
  // back as the same bits. NaN and infinities become null; a byte that is not UTF-8 becomes \xNN.
  std::string dump(int indent = -1) const;
  // `parse` and `parse_or_null` also accept texts that parse_json (document.h) refuses. For a
  // syntax error, `parse` throws std::runtime_error and `parse_or_null` returns null.
  static Json parse(std::string_view text);
  static Json parse_or_null(std::string_view text);

 private:
  double real() const;
  std::int64_t whole() const;
  bool truth() const;
  const std::vector<Json>& items() const;

  Kind kind_ = Kind::null;
  bool boolean_ = false;
  std::int64_t integer_ = 0;
  double number_ = 0;
  std::string string_;
  std::vector<Json> items_;
  std::vector<std::string> keys_;  // for an object, the key of each item
};

// Returns the path of the first difference between two values, such as "/optimizer/lr". Returns ""
// if they are equal, or if the values themselves differ and not their members.
std::string first_difference(const Json& a, const Json& b);

template <class T>
T Json::get() const {
  if constexpr (std::same_as<T, Json>) {
    return *this;
  } else if constexpr (std::same_as<T, bool>) {
    return truth();
  } else if constexpr (std::integral<T>) {
    return static_cast<T>(whole());
  } else if constexpr (std::floating_point<T>) {
    return static_cast<T>(real());
  } else if constexpr (std::same_as<T, std::string>) {
    return text();
  } else {
    T values;
    for (const Json& item : items()) values.push_back(item.get<typename T::value_type>());
    return values;
  }
}

}  // namespace pushforward::app
