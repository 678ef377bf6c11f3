// Tests the canvas: PNG and SVG have the same bytes for the same drawing, and shapes are where they
// were drawn.
#include "apps/draw/canvas.h"

#include <cctype>
#include <cmath>
#include <thread>

#include "apps/draw/axes.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

std::size_t big_endian(const std::string& bytes, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t k = 0; k < 4; ++k)
    value = value << 8 | static_cast<unsigned char>(bytes[at + k]);
  return value;
}

// Returns "" if all elements are closed in order and all attributes are quoted, else the fault.
std::string xml_fault(const std::string& text) {
  std::vector<std::string> open;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '<') continue;
    std::size_t end = at + 1;
    char quote = 0;
    while (end < text.size() && (quote || text[end] != '>')) {
      if (quote ? text[end] == quote : text[end] == '"' || text[end] == '\'')
        quote = quote ? 0 : text[end];
      ++end;
    }
    if (end == text.size()) return "a tag without end";
    const std::string tag = text.substr(at + 1, end - at - 1);
    at = end;
    if (tag[0] == '?' || tag[0] == '!') continue;
    const bool closes = tag[0] == '/';
    std::size_t stop = closes ? 1 : 0;
    while (stop < tag.size() && !std::isspace(static_cast<unsigned char>(tag[stop])) &&
           tag[stop] != '/')
      ++stop;
    const std::string name = tag.substr(closes ? 1 : 0, stop - (closes ? 1 : 0));
    if (closes) {
      if (open.empty() || open.back() != name) return "</" + name + "> closes nothing";
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(name);
    }
  }
  return open.empty() ? "" : "<" + open.back() + "> stays open";
}

Picture sample() {
  return {120, 80, [](Canvas& canvas) {
            canvas.fill({10, 10, 30, 20}, {1, 0, 0});
            canvas.text({60, 40}, "a < b & \u03c6\u2081", {});
            canvas.image({70, 10, 20, 20}, {2, 1, {0x00FF00, 0x0000FF}}, false);
            canvas.image({70, 50, 20, 20}, {2, 1, {0x00FF00, 0x0000FF}}, true);
            std::vector<Spot> spots;
            for (int i = 0; i < 500; ++i) spots.push_back({10 + 0.05 * i, 60});
            canvas.dense({0, 50, 60, 30}, [&](Canvas& inside) {
              inside.discs(spots, 2, std::span(&colours::data, 1));
            });
          }};
}

std::uint32_t at(const Raster& raster, std::size_t x, std::size_t y) {
  return raster.rgb[y * raster.width + x];
}

}  // namespace

TEST_CASE("a PNG has its signature and its size in pixels") {
  const std::string bytes = png(sample(), 2);
  REQUIRE(bytes.size() > 33);
  CHECK(bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  CHECK(big_endian(bytes, 16) == 240);
  CHECK(big_endian(bytes, 20) == 160);
  CHECK(bytes.find("tIME") == std::string::npos);
}

TEST_CASE("an SVG is well formed and has the page's size") {
  const std::string text = svg(sample());
  CHECK(xml_fault(text) == "");
  CHECK(text.find("<svg") != std::string::npos);
  CHECK(text.find("width=\"120") != std::string::npos);
  CHECK(text.find("height=\"80") != std::string::npos);
  CHECK(text.find("<image") != std::string::npos);
}

TEST_CASE("equal drawings give equal bytes, in any order and thread") {
  const std::string first_png = png(sample()), first_svg = svg(sample());
  std::string other_png, other_svg;
  std::thread([&] {
    other_svg = svg(sample());
    other_png = png(sample());
  }).join();
  CHECK(first_png == other_png);
  CHECK(first_svg == other_svg);
}

TEST_CASE("marks lie where they were put, and the paper is white") {
  const Raster raster = pixels(sample(), 1);
  REQUIRE(raster.width == 120);
  REQUIRE(raster.height == 80);
  CHECK(at(raster, 0, 0) == 0xFFFFFF);
  CHECK(at(raster, 20, 15) == 0xFF0000);
  CHECK(at(raster, 72, 20) == 0x00FF00);
  CHECK(at(raster, 79, 20) == 0x00FF00);
  CHECK(at(raster, 80, 20) == 0x0000FF);
  CHECK(at(raster, 20, 60) == packed(colours::data));
  CHECK(at(raster, 40, 60) == 0xFFFFFF);
}

TEST_CASE("stamped discs look as drawn ones do") {
  const auto discs = [](std::size_t count) {
    return pixels({40, 40, [count](Canvas& canvas) {
                     const std::vector<Spot> spots(count, Spot{20.25, 20.5});
                     canvas.discs(spots, 6, std::span(&colours::samples, 1));
                   }});
  };
  // Sixty-four discs at once are drawn by another method than a single disc. Away from the edge of
  // the disc the pixels must agree.
  const Raster drawn = discs(1), stamped = discs(64);
  for (std::size_t y = 0; y < 40; ++y) {
    for (std::size_t x = 0; x < 40; ++x) {
      const double away = std::hypot(double(x) + 0.5 - 20.25, double(y) + 0.5 - 20.5);
      if (std::abs(away - 6) > 1.2) CHECK(at(drawn, x, y) == at(stamped, x, y));
    }
  }
}

TEST_CASE("places that are not finite are skipped") {
  const Raster raster =
      pixels({20, 20, [](Canvas& canvas) {
                const std::vector<Spot> spots{{NAN, 3}, {INFINITY, 1}, {5, -INFINITY}};
                canvas.line(spots, colours::ink);
                canvas.discs(spots, 2, std::span(&colours::ink, 1));
                canvas.polygon(spots, colours::ink);
                canvas.text({NAN, 0}, "x", {});
                const std::vector<Spot> many(100, Spot{NAN, 1e300});
                canvas.discs(many, 2, std::span(&colours::ink, 1));
              }});
  for (std::uint32_t rgb : raster.rgb) CHECK(rgb == 0xFFFFFF);
}

TEST_CASE("a page that is too large or a raster that does not fit is an error") {
  CHECK_THROWS_WITH(png({20000, 10, [](Canvas&) {}}, 1),
                    "[draw] a picture of 20000 x 10 pixels: "
                    "each side is 1 to 16384; draw fewer panels or at a smaller scale");
  CHECK_THROWS_WITH(png({10, 10,
                         [](Canvas& canvas) {
                           canvas.image({0, 0, 5, 5}, {2, 2, {1, 2, 3}}, true);
                         }}),
                    "[draw] a raster of 2 x 2 has 3 pixels; give width times height");
}

TEST_CASE("axes map the corners of their limits to the corners of their box") {
  const Axes axes{{10, 20, 100, 50}, {-1, 1}, {0, 2}};
  CHECK(axes.spot(-1, 0).x == Approx(10));
  CHECK(axes.spot(-1, 0).y == Approx(70));
  CHECK(axes.spot(1, 2).x == Approx(110));
  CHECK(axes.spot(1, 2).y == Approx(20));
  const Axes logs{{0, 0, 100, 100}, {0, 1}, {0.01, 100}, true};
  CHECK(logs.spot(0, 1).y == Approx(50));
  CHECK(std::isnan(logs.spot(0, -1).y));
}

TEST_CASE("a text is listed with the box around it, turned as it is") {
  const Picture page{200, 100, [](Canvas& canvas) {
                       canvas.text({50, 40}, "wide", {20});
                       TextStyle up{20};
                       up.turn = -1.5707963267948966;
                       canvas.text({150, 90}, "high", up);
                     }};
  const std::vector<DrawnText> texts = drawn_texts(page);
  REQUIRE(texts.size() == 2);
  CHECK(texts[0].words == "wide");
  CHECK(texts[0].box.x == Approx(50));
  CHECK(texts[0].box.width == Approx(text_width("wide", {20})));
  CHECK(texts[0].box.bottom() == Approx(44.4));
  CHECK(texts[1].box.height == Approx(text_width("high", {20})));
  CHECK(texts[1].box.bottom() == Approx(90));
}

TEST_CASE("a text that is no UTF-8 or has control characters is drawn escaped") {
  const auto page = [](const std::string& words) {
    return Picture{120, 80, [words](Canvas& canvas) { canvas.text({60, 40}, words, {}); }};
  };
  const std::string odd = "o\xff\x1b[31m\xe2\x80\xae", shown = "o\\xff\\x1b[31m\\u202e";
  CHECK(svg(page(odd)) == svg(page(shown)));
  CHECK(xml_fault(svg(page(odd))).empty());
  REQUIRE(drawn_texts(page(odd)).size() == 1);
  CHECK(drawn_texts(page(odd))[0].words == shown);
  CHECK(text_width(odd, {}) == text_width(shown, {}));
}

TEST_CASE("texts are cut and broken to a width, at whole characters") {
  const TextStyle style{12};
  CHECK(cut_text("short", style, 200) == "short");
  const std::string cut = cut_text("\u03c6\u03c6\u03c6\u03c6\u03c6\u03c6\u03c6\u03c6", style, 40);
  CHECK(text_width(cut, style) <= 40);
  CHECK(cut.ends_with("\u03c6\u2026"));
  const std::vector<std::string> lines = wrap_text("one two three four five", style, 60, 9);
  CHECK(lines.size() > 1);
  CHECK(lines[0] == "one two");
  for (const std::string& line : lines) CHECK(text_width(line, style) <= 60);
  const std::vector<std::string> whole = wrap_text(std::string(100, 'x'), style, 60, 2);
  REQUIRE(whole.size() == 2);
  CHECK(whole[1].ends_with("\u2026"));
  CHECK(wrap_text("", style, 60, 2).empty());
}

TEST_CASE("numbers along an axis do not touch") {
  const Axes axes{{0, 0, 120, 50}, {1'000'000, 1'000'100}};
  const std::vector<Tick> ticks = axes.ticks_across();
  REQUIRE_FALSE(ticks.empty());
  for (std::size_t k = 1; k < ticks.size(); ++k)
    CHECK(axes.spot(ticks[k].at, 0).x - axes.spot(ticks[k - 1].at, 0).x >= widest(ticks) + 8);
}
