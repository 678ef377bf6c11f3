#include "apps/report/dependencies.h"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <hwy/highway.h>
#include <xxhash.h>

#include <boost/version.hpp>

#include "apps/draw/animation.h"
#include "apps/draw/canvas.h"
#include "apps/formats/gzip.h"
#include "autograd/tensor/blas.h"

namespace pushforward::app {
namespace {

std::string three_parts(int major, int minor, int patch) {
  return fmt::format("{}.{}.{}", major, minor, patch);
}

// Returns the version in OpenBLAS's description of itself, "OpenBLAS 0.3.21 NO_LAPACKE ...".
std::string blas_version() {
  const std::string words = matrix_library().name;
  const std::size_t begin = words.find(' ') + 1;
  return words.substr(begin, words.find(' ', begin) - begin);
}

}  // namespace

std::vector<Dependency> dependencies() {
  std::vector<Dependency> all{
      {"Boost",
       three_parts(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100),
       "BSL-1.0", "quantiles and quadrature (Boost.Math)", "header"},
      {"cairo", drawing_library_version(), "LGPL-2.1-only OR MPL-1.1", "pictures: PNG and SVG",
       "shared"},
      {"CLI11", PUSHFORWARD_CLI11_VERSION, "BSD-3-Clause", "the command line", "header"},
      {"fmt", three_parts(FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100), "MIT",
       "text of messages and files", "shared"},
      {"glibc", gnu_get_libc_version(), "LGPL-2.1-or-later", "files, memory, threads", "shared"},
      {"Highway", three_parts(HWY_MAJOR, HWY_MINOR, HWY_PATCH), "Apache-2.0",
       "vectorised mathematics", "shared"},
      {"libwebp", webp_version(), "BSD-3-Clause", "animations", "shared"},
      {"nlohmann-json", PUSHFORWARD_JSON_VERSION, "MIT", "configs, metrics, headers of checkpoints",
       "header"},
      {"xxHash", three_parts(XXH_VERSION_MAJOR, XXH_VERSION_MINOR, XXH_VERSION_RELEASE),
       "BSD-2-Clause", "checksums of checkpoints and data files", "shared"},
      {"zlib", gzip_library_version(), "Zlib", "files compressed by gzip", "shared"}};
  if (matrix_library().name != kNoBlas)
    all.insert(all.end() - 2,
               {"OpenBLAS", blas_version(), "BSD-3-Clause", "matrix products", "shared"});
  return all;
}

Json dependencies_json() {
  Json list = Json::array();
  for (const Dependency& d : dependencies())
    list.push_back({{"name", d.name},
                    {"version", d.version},
                    {"licence", d.licence},
                    {"use", d.use},
                    {"linked", d.linked}});
  return list;
}

}  // namespace pushforward::app
