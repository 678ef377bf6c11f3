// Tests the animation file: the number of frames, their duration and their pixels.
#include "apps/draw/animation.h"

#include <webp/decode.h>
#include <webp/mux.h>

#include <memory>
#include <stdexcept>

#include "apps/figures/draw_figure.h"
#include "apps/figures/figures.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

struct Free {
  void operator()(WebPMux* mux) const { WebPMuxDelete(mux); }
  void operator()(std::uint8_t* pixels) const { WebPFree(pixels); }
};

std::unique_ptr<WebPMux, Free> opened(const std::string& bytes) {
  const WebPData data{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  return std::unique_ptr<WebPMux, Free>(WebPMuxCreate(&data, 1));
}

// Returns an animation whose frame k has grey level 20 k.
Animation greys(std::size_t frames) {
  Animation animation{33, 21, std::vector<int>(frames, 40), {}};
  animation.draw = [](Canvas& canvas, std::size_t k) {
    const double level = 20.0 * double(k) / 255;
    canvas.fill({0, 0, canvas.width(), canvas.height()}, {level, level, level});
  };
  return animation;
}

}  // namespace

TEST_CASE("every frame is in the file, with its duration and its own picture") {
  Animation animation = greys(7);
  animation.durations[6] = 900;
  const std::string bytes = webp(animation, 1);
  CHECK(bytes.substr(0, 4) == "RIFF");
  CHECK(bytes.substr(8, 4) == "WEBP");
  const auto mux = opened(bytes);
  REQUIRE(mux != nullptr);
  int frames = 0, width = 0, height = 0;
  REQUIRE(WebPMuxNumChunks(mux.get(), WEBP_CHUNK_ANMF, &frames) == WEBP_MUX_OK);
  REQUIRE(WebPMuxGetCanvasSize(mux.get(), &width, &height) == WEBP_MUX_OK);
  CHECK(frames == 7);
  CHECK(width == 33);
  CHECK(height == 21);
  WebPMuxAnimParams params;
  REQUIRE(WebPMuxGetAnimationParams(mux.get(), &params) == WEBP_MUX_OK);
  CHECK(params.loop_count == 0);
  for (int k = 0; k < frames; ++k) {
    WebPMuxFrameInfo info;
    REQUIRE(WebPMuxGetFrame(mux.get(), std::uint32_t(k + 1), &info) == WEBP_MUX_OK);
    CHECK(info.duration == animation.durations[std::size_t(k)]);
    int w = 0, h = 0;
    const std::unique_ptr<std::uint8_t, Free> rgb(
        WebPDecodeRGB(info.bitstream.bytes, info.bitstream.size, &w, &h));
    REQUIRE(rgb != nullptr);
    CHECK(w == 33);
    CHECK(int(rgb.get()[3 * (w * (h / 2) + w / 2)]) == Approx(20 * k).margin(3));
    WebPDataClear(&info.bitstream);
  }
}

TEST_CASE("equal animations give equal bytes on any number of threads") {
  CHECK(webp(greys(20), 2) == webp(greys(20), 2));
}

TEST_CASE("an animation of the flow is a file of modest size") {
  Trajectories all{{}, 12, 2000, 2, {}};
  for (std::size_t k = 0; k < 12; ++k) {
    for (std::size_t i = 0; i < 4000; ++i) {
      const double u = double(i + 1) * 1.4142135623730951;
      all.values.push_back((u - double(long(u))) * (2 - double(k) / 11) - 0.5);
    }
  }
  const std::string bytes = webp(animation_of(flow_animation(all, "flow", "noise")));
  CHECK(bytes.size() < 2000000);
  int frames = 0;
  const auto mux = opened(bytes);
  REQUIRE(mux != nullptr);
  REQUIRE(WebPMuxNumChunks(mux.get(), WEBP_CHUNK_ANMF, &frames) == WEBP_MUX_OK);
  CHECK(frames == 60);
}

TEST_CASE("an animation that cannot be is an error, also when a frame's drawing throws") {
  CHECK_THROWS_WITH(webp({10, 10, {}, {}}),
                    "[webp] an animation without frames; give at least one");
  CHECK_THROWS_WITH(webp(greys(2), 1, 200), "[webp] quality 200 is not in 0 to 100");
  CHECK_THROWS_WITH(frame(greys(2), 2), "[webp] frame 2 of an animation of 2");
  Animation broken = greys(5);
  broken.draw = [](Canvas&, std::size_t) { throw std::runtime_error("no such figure"); };
  CHECK_THROWS_WITH(webp(broken), "no such figure");
  CHECK(webp(greys(1)).substr(0, 4) == "RIFF");
}
