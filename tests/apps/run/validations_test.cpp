// Tests the record of the losses of held-out rows: which is the best, how long ago it was, and that
// a checkpoint keeps all bits of it.
#include "apps/run/validations.h"

#include <cmath>

#include "apps/failure.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

TEST_CASE("the best of the validations is the first of the least losses", "[validations]") {
  Validations v;
  CHECK(v.best_step == -1);
  CHECK(v.add(10, 0.5));
  CHECK(v.add(20, 0.25));
  CHECK_FALSE(v.add(30, 0.25));
  CHECK_FALSE(v.add(40, NAN));
  CHECK_FALSE(v.add(50, 0.75));
  CHECK(v.best_step == 20);
  CHECK(v.best == 0.25);
  CHECK(v.since_best == 3);
  CHECK(v.step == 50);
  CHECK(v.loss == 0.75);
  CHECK(v.add(60, 0.125));
  CHECK(v.since_best == 0);
}

TEST_CASE("a checkpoint keeps all bits of the validations", "[validations]") {
  Metadata metadata;
  write_validations({}, metadata);
  CHECK(metadata.empty());
  CHECK(read_validations(metadata, "c.safetensors").step == -1);
  Validations v;
  v.add(7, 1.0 / 3);
  v.add(9, 0.1 + 0.2);
  v.add(12, 0.7);
  write_validations(v, metadata);
  CHECK(read_validations(metadata, "c.safetensors") == v);
  Validations never;
  never.add(3, INFINITY);
  write_validations(never, metadata);
  CHECK(read_validations(metadata, "c.safetensors") == never);
  metadata["valid.best"] = "low";
  CHECK_THROWS_WITH(read_validations(metadata, "c.safetensors"),
                    "[checkpoint] c.safetensors: valid.best is \"low\", and a number is needed; "
                    "remove the checkpoint to go on from an earlier one");
  metadata.erase("valid.best");
  CHECK_THROWS_WITH(read_validations(metadata, "c.safetensors"),
                    "[checkpoint] c.safetensors: valid.best is missing, and a number is needed; "
                    "remove the checkpoint to go on from an earlier one");
}
