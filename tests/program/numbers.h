// A folder in which tests train small runs of users' tables and look at the numbers that come out.
#pragma once

#include <string>

#include "apps/formats/npy.h"
#include "apps/tables/csv.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

namespace pushforward::app {

// A folder with a small network to train, in float32.
struct Numbers : Sandbox {
  Numbers() {
    write("run.json", R"({"name": "run", "data": {"type": "moons"},
      "model": {"type": "mlp", "hidden": [8]},
      "train": {"steps": 3, "batch": 32, "log_every": 1}, "eval": {"n": 60},
      "sampler": {"type": "rk4", "steps": 6}})");
  }
  // Trains a run of this data and returns what was said.
  std::string train(const std::string& out, const std::string& data,
                    const std::string& overrides = "") const {
    return ask("train run.json -q --overwrite --out " + out + " 'data=" + data + "' " + overrides);
  }
  NdArray array(const std::string& name) const { return read_npy(path(name)); }
  CsvTable table(const std::string& name) const { return read_csv(path(name)); }
};

inline std::string standardized(const std::string& file) {
  return R"({"type":"standardize","of":{"type":"csv","path":")" + file + R"("}})";
}
inline std::string raw(const std::string& file) {
  return R"({"type":"csv","guess":"no","scale":"none","path":")" + file + R"("})";
}

}  // namespace pushforward::app
