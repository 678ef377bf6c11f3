#include "apps/engine/engine.h"

namespace pushforward::app {

// apps/engine/table.cpp defines each of them; it is compiled once per precision.
namespace f32 {
extern const Engine engine;
}
namespace f64 {
extern const Engine engine;
}

const Engine& engine_of(const Config& config) {
  return config.string("/precision") == "float64" ? f64::engine : f32::engine;
}

}  // namespace pushforward::app
