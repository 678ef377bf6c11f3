// Tests Tensor, an array that owns its memory.
#include "autograd/tensor/tensor.h"

#include <array>
#include <cstdint>

#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {

TEST_CASE("a tensor owns its memory", "[tensor]") {
  Tensor a({2, 3});
  CHECK(a.size() == 6);
  CHECK(a(1, 2) == 0);
  a(1, 2) = 5;
  const Tensor b = a;
  a(1, 2) = 6;
  CHECK(b(1, 2) == 5);
  CHECK(a != b);
  CHECK(a.row(1)[2] == 6);
  CHECK(a.values()[5] == 6);
  CHECK(reinterpret_cast<std::uintptr_t>(a.data()) % 64 == 0);
  CHECK(Tensor().size() == 1);
  const std::array<real, 3> three{1, 2, 3};
  CHECK(Tensor({3, 1}, three)(2, 0) == 3);
  const Tensor written({1, 2}, {2., 3.});
  CHECK(written.shape() == Shape{1, 2});
  CHECK(written(0, 1) == 3);
  CHECK_THROWS_WITH(Tensor({2, 2}, {1, 2, 3}),
                    "[tensor] 3 values for shape (2, 2), which has 4 elements");
  CHECK_THROWS_WITH(Tensor({2, 2}, three),
                    "[tensor] 3 values for shape (2, 2), which has 4 elements");
}

}  // namespace pushforward::inline PF_REAL
