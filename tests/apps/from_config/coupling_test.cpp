// Tests that /coupling of a config gives the right coupling.
#include "apps/from_config/coupling.h"

#include <algorithm>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/config/table.h"
#include "apps/data/data.h"
#include "apps/data/manifold.h"
#include "apps/from_config/tokens.h"
#include "tests/tools/catch.h"

namespace {

using namespace pushforward;
using namespace pushforward::app;

const std::string kPairs =
    R"({"data": {"type": "digits"}, "source": {"type": "data", "of": {"type": "digits"}}})";

}  // namespace

namespace pushforward::app::inline PF_REAL {
namespace {

// Builds the coupling of a section. A Schroedinger bridge also needs a path with the same noise.
Coupling coupling(const std::string& section, const char* sigma = "1") {
  std::vector<std::string> overrides{"coupling=" + section};
  if (section.find("bridge") != std::string::npos)
    overrides.push_back(std::string(R"(path.noise={"type": "brownian", "scale": )") + sigma + "}");
  return build_coupling(parse_config(kPairs, "c.json", overrides).section("/coupling").json());
}

// Couples the source rows 0, 10, 20, ... with data rows that hold the same numbers in reverse
// order. Returns the data row of each source row.
std::vector<int> partners(const Coupling& coupling, const std::vector<int>& labels = {}) {
  const int n = 6;
  std::vector<real> x0, x1;
  for (int k = 0; k < n; ++k) {
    x0.push_back(static_cast<real>(10 * k));
    x1.push_back(static_cast<real>(10 * (n - 1 - k)));
  }
  std::vector<RowPair> pairs(n);
  coupling.pair({n, 1, x0.data(), x1.data(), labels.empty() ? nullptr : labels.data()},
                {1, Purpose::noise, 0}, pairs);
  std::vector<int> data(n, -1);
  for (const RowPair& p : pairs) data[p.source] = p.data;
  return data;
}

}  // namespace

TEST_CASE("every coupling of the config has its name and pairs rows accordingly") {
  for (const std::string& type : section_table("coupling").types()) {
    CAPTURE(type);
    CHECK(coupling(R"({"type": ")" + type + "\"}").name == type);
  }
  CHECK(coupling(R"({"type": "paired"})").paired);
  CHECK_FALSE(coupling(R"({"type": "independent"})").pair);
  const std::vector<int> nearest{5, 4, 3, 2, 1, 0};
  CHECK(partners(coupling(R"({"type": "ot"})")) == nearest);
  CHECK(partners(coupling(R"({"type": "schroedinger_bridge"})")) == nearest);
  // The entropic term is so small that only the nearest row has a noticeable weight.
  for (const char* section :
       {R"({"type": "sinkhorn", "reg": 0.5})",
        R"({"type": "schroedinger_bridge", "sigma": 0.5, "method": "sinkhorn"})"}) {
    CAPTURE(section);
    CHECK(partners(coupling(section, "0.5")) == nearest);
  }
  // Source row k has the label of data row k, and its nearest data row has the other label.
  const std::vector<int> labels{0, 1, 0, 1, 0, 1};
  CHECK(partners(coupling(R"({"type": "ot"})"), labels) == nearest);
  const std::vector<int> kept =
      partners(coupling(R"({"type": "ot", "label_weight": 1e6})"), labels);
  for (int k = 0; k < 6; ++k) CHECK(kept[k] % 2 == k % 2);
}

TEST_CASE("each type of the config has a maker, and each maker a type") {
  const auto in_order = [](std::vector<std::string> types) {
    std::sort(types.begin(), types.end());
    return types;
  };
  const auto types = [&](const char* section, DataKind kind) {
    return in_order(section_table(section, kind).types());
  };
  CHECK(in_order(built_couplings()) == types("coupling", DataKind::continuous));
  CHECK(in_order(built_data_sets()) == types("data", DataKind::continuous));
  CHECK(in_order(built_token_data()) == types("data", DataKind::tokens));
  // A source may be in flat space, on a manifold or, if it is uniform, on both.
  std::vector<std::string> sources = built_flat_sources();
  for (const std::string& type : built_manifold_sources())
    if (type != "uniform") sources.push_back(type);
  CHECK(in_order(sources) == types("source", DataKind::continuous));
}

TEST_CASE("Sinkhorn's iterations stop at the config's limit, and the exact plan is used instead") {
  const Coupling stopped =
      coupling(R"({"type": "sinkhorn", "reg": 100, "tolerance": 1e-12, "iterations": 1})");
  CHECK(partners(stopped) == std::vector<int>{5, 4, 3, 2, 1, 0});
  CHECK(stopped.replaced->load() == 1);
  const Coupling found = coupling(R"({"type": "sinkhorn", "reg": 100})");
  partners(found);
  CHECK(found.replaced->load() == 0);
}

}  // namespace pushforward::app::inline PF_REAL
