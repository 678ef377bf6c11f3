// Shared, read-only ownership of distributions, made from a value.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <concepts>
#include <memory>
#include <utility>

namespace pushforward {

// A shared pointer to a constant `Base` (Distribution, or TokenDistribution of the discrete flow).
// Callers of a function that takes one may pass a distribution by value, such as Toy("moons"),
// which is moved into shared memory. They may also pass a shared_ptr, to share one distribution.
template <class Base>
class SharedDistribution : public std::shared_ptr<const Base> {
 public:
  using std::shared_ptr<const Base>::shared_ptr;
  SharedDistribution() = default;
  SharedDistribution(std::shared_ptr<const Base> shared)
      : std::shared_ptr<const Base>(std::move(shared)) {}
  template <std::derived_from<Base> Value>
  SharedDistribution(Value value)
      : std::shared_ptr<const Base>(std::make_shared<const Value>(std::move(value))) {}
};

}  // namespace pushforward
