// The messages between the engine and the page, which shows a live training or a recorded run.
//
// A question is a JSON object with the key "ask". An answer is a message: a JSON object, its head,
// and arrays of float32 numbers. The head has the key "type", and the arrays follow one another in
// one block of memory. The text of an answer is the head with two more keys: "protocol", and
// "arrays" with the name, the shape and the place of each array in the block.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// The version of the protocol. It grows when a message changes its meaning or loses a key.
constexpr int kPageProtocol = 1;

struct PageMessage {
  struct Array {
    std::string name;
    std::vector<std::size_t> shape;
    std::size_t at = 0;  // the first number's place in `numbers`
  };
  Json head = Json::object();
  std::vector<Array> arrays{};
  std::vector<float> numbers{};

  explicit PageMessage(const std::string& type) { head["type"] = type; }
  // Appends an array. Throws std::invalid_argument if the shape does not fit the number of values.
  template <class Number>
  void add(const std::string& name, std::vector<std::size_t> shape,
           std::span<const Number> values) {
    check_shape(name, shape, values.size());
    arrays.push_back({name, std::move(shape), numbers.size()});
    for (const Number v : values) numbers.push_back(static_cast<float>(v));
  }
  template <class Number>
  void add(const std::string& name, std::vector<std::size_t> shape,
           const std::vector<Number>& values) {
    add(name, std::move(shape), std::span<const Number>(values));
  }
  // Returns the head with "protocol" and "arrays" as JSON text.
  std::string text() const;

 private:
  static void check_shape(const std::string& name, const std::vector<std::size_t>& shape,
                          std::size_t count);
};

// Returns the message that a question could not be answered, with the reason. `fault` is "config",
// "file", "diverged" or "other".
PageMessage page_fault(const std::string& fault, const std::string& words);

}  // namespace pushforward::app
