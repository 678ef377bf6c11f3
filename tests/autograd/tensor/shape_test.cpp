// Tests shapes: sizes, numbers of rows and columns, and printing.
#include "autograd/tensor/shape.h"

#include <sstream>

#include "tests/tools/catch.h"

namespace pushforward {
namespace {

std::string printed(const Shape& s) {
  std::ostringstream out;
  out << s;
  return out.str();
}

}  // namespace

TEST_CASE("a shape has a size, a number of rows and a number of columns", "[shape]") {
  CHECK(Shape{}.size() == 1);
  CHECK(Shape{}.rows() == 1);
  CHECK(Shape{}.cols() == 1);
  CHECK(Shape{5}.rows() == 1);
  CHECK(Shape{5}.cols() == 5);
  CHECK((Shape{2, 3, 4}.size()) == 24);
  CHECK((Shape{2, 3, 4}.rows()) == 6);
  CHECK((Shape{2, 3, 4}.cols()) == 4);
  CHECK((Shape{0, 3}.size()) == 0);
  CHECK((Shape{2, 3}.with(1, 7)) == (Shape{2, 7}));
  CHECK((Shape{2, 3}) != (Shape{2, 3, 1}));
  // The size needs 64 bits.
  CHECK((Shape{65536, 65536}.size()) == std::int64_t{1} << 32);
}

TEST_CASE("a shape is printed as it is written", "[shape]") {
  CHECK(printed({}) == "()");
  CHECK(printed({3}) == "(3)");
  CHECK(printed({256, 64}) == "(256, 64)");
  CHECK(printed({1, 2, 3, 4}) == "(1, 2, 3, 4)");
}

}  // namespace pushforward
