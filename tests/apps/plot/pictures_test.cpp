// Tests the table of pictures: its names, and that each row lists the inputs of its functions.
#include "apps/plot/pictures.h"

#include <set>
#include <string>

#include "apps/config/config.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

constexpr PlotSubject kSubjects[] = {PlotSubject::points, PlotSubject::images, PlotSubject::text,
                                     PlotSubject::pairs};

}  // namespace

TEST_CASE("each picture stands once in the table of its subject", "[plot]") {
  for (const PlotSubject subject : kSubjects) {
    CAPTURE(name_of(subject));
    std::set<std::string> names;
    for (const PictureRow* row : pictures_of(subject)) {
      CAPTURE(row->name);
      CHECK(names.insert(row->name).second);
      CHECK(std::string(row->about).size() > 10);
      CHECK_FALSE(row->needs.empty());
      CHECK(row->draw != nullptr);
    }
    CHECK((names.contains("loss") && names.contains("strip") && names.contains("flow")));
  }
  CHECK(pictures_of(PlotSubject::text).size() == 3);
}

TEST_CASE("material gives what a picture's row names, and nothing else", "[plot]") {
  const TestFolder folder;
  write_file_atomically(posix(), folder / "metrics.jsonl", "{\"step\":1,\"train/loss\":0.5}\n");
  const Config config = parse_config(R"({"data": {"type": "moons"}})", "moons");
  PlotRequest request;
  request.run = folder / "";
  PlotMaterial material(config, request);
  CHECK(material.subject() == PlotSubject::points);
  material.allow({PlotNeed::metrics});
  CHECK(material.metrics().loss == std::vector<double>{0.5});
  material.allow({PlotNeed::samples, PlotNeed::data});
  CHECK_THROWS_WITH(material.metrics(),
                    "[plot] a picture uses the metrics, but its row in "
                    "apps/plot/pictures.cpp does not list it");
  CHECK_THROWS_WITH(material.trajectory(), Contains("uses the trajectory, but its row"));
  CHECK_THROWS_WITH(material.density(), Contains("uses the density, but its row"));
  CHECK_THROWS_WITH(material.exact_field(), Contains("uses the exact field, but its row"));
  // The density is computed from samples and data, so a row that lists only the density is refused.
  material.allow({PlotNeed::density});
  CHECK_THROWS_WITH(material.density(), Contains("but its row in apps"));
}
