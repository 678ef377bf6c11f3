// Rows of the table of fields that also say what their types make: a type, its keys, and the function
// that makes a path, a noise or a schedule from a section of this type stand in one place.
//
// Things that depend on `real` are made in apps/from_config and apps/data, which are compiled in both
// precisions. Their makers are tables by type, beside the rows of apps/config.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "apps/config/config.h"
#include "apps/config/rows.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

// The types of one section, each of which makes a Thing. `With` is what the makers get besides the
// section.
template <class Thing, class... With>
class Makers {
 public:
  // `make` gets a checked section of the row's type, with every key.
  struct Row : Alternative {
    std::function<Thing(const Section& values, With... with)> make;
  };

  Makers(std::initializer_list<Row> rows) : rows_(rows) {}

  // Returns the rows of the table of fields.
  std::vector<Alternative> alternatives() const { return {rows_.begin(), rows_.end()}; }
  // Returns the row of the type, or nullptr.
  const Row* find(std::string_view type) const {
    for (const Row& row : rows_)
      if (row.type == type) return &row;
    return nullptr;
  }
  // Makes the thing that a checked section describes.
  Thing operator()(const Section& section, With... with) const {
    const Row* row = find(section.type());
    detail::check(row != nullptr, "config", "nothing is made of the type \"", section.type(), '"');
    return row->make(section, with...);
  }

 private:
  std::vector<Row> rows_;
};

// Of a Thing that depends on `real`: a type of a section, and the function that makes a Thing of a
// checked section of this type.
template <class Thing, class... With>
struct TypeMaker {
  const char* type;
  Thing (*make)(const Section& values, With... with);
};

// Makes the thing that a checked section describes, by the table of its types.
template <std::size_t n, class Thing, class... With>
Thing make_by_type(const TypeMaker<Thing, With...> (&makers)[n], const Section& section,
                   std::type_identity_t<With>... with) {
  for (const TypeMaker<Thing, With...>& maker : makers)
    if (section.type() == maker.type) return maker.make(section, std::move(with)...);
  detail::fail("config", "nothing is made of the type \"", section.type(), '"');
}

// Returns the types that a table of makers has.
template <std::size_t n, class Thing, class... With>
std::vector<std::string> types_of(const TypeMaker<Thing, With...> (&makers)[n]) {
  std::vector<std::string> types;
  for (const TypeMaker<Thing, With...>& maker : makers) types.emplace_back(maker.type);
  return types;
}

}  // namespace pushforward::app
