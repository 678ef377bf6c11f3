// How a distribution is held by whoever draws from it: shared and read-only, made from a value.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <concepts>
#include <memory>
#include <utility>

namespace pushforward {

// A shared pointer to a constant `Base` (Distribution, or TokenDistribution of the discrete flow).
// Wherever one is asked for, a distribution may stand as it is, Toy("moons"), and is moved into
// shared memory; so may a shared_ptr, where several hold the same one.
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
