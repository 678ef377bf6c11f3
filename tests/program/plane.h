// A small run for the tests of the program's flows: two Gaussians in the plane.
#pragma once

#include <string>

#include "apps/formats/npy.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

namespace pushforward::app {

// The config has two Gaussians, a small network, few steps, and the solver RK4.
inline const char* const kFlowPlane = R"({"name": "plane", "precision": "float64",
  "data": {"type": "mixture", "means": [[-1, 0], [1, 0.5]], "stds": [0.4, 0.6], "weights": [1, 3]},
  "model": {"type": "mlp", "hidden": [16, 16]},
  "train": {"steps": 40, "batch": 64, "checkpoint_every": 20, "log_every": 10},
  "sampler": {"type": "rk4", "steps": 8}})";

// A sandbox with the config kFlowPlane.
struct Plane : Sandbox {
  Plane() { write("plane.json", kFlowPlane); }

  // Trains kFlowPlane with overrides into the folder `out`.
  void train(const std::string& out, const std::string& overrides = "") const {
    const Outcome outcome =
        (*this)("train plane.json -q --overwrite --out " + out + " " + overrides);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
  }
  NdArray array(const std::string& name) const { return read_npy(path(name)); }
};

}  // namespace pushforward::app
