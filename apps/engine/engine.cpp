#include "apps/engine/engine.h"

namespace pushforward::app {

// apps/engine/table.cpp defines the tables of functions f32::engine and f64::engine. It is compiled
// once for each precision.
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
