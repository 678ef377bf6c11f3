// Makes animated WebP files. Every frame is a whole image. The frames are coded in parallel and
// joined by libwebp's muxer.
//
// libwebp's animation encoder codes differences between frames and skips pixels that
// change little. In a flow all pixels change slowly, so this encoder would leave traces of old
// frames. Whole frames have none.
#include "apps/draw/animation.h"

#include <webp/encode.h>
#include <webp/mux.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

struct FreeWebp {
  void operator()(WebPMux* mux) const { WebPMuxDelete(mux); }
};

// libwebp's picture and buffers, freed at the end of the scope.
struct Coded {
  WebPPicture picture;
  WebPMemoryWriter writer;
  Coded() {
    check(WebPPictureInit(&picture) != 0, "webp",
          "libwebp's version differs from that of its headers; rebuild with the installed one");
    WebPMemoryWriterInit(&writer);
  }
  ~Coded() {
    WebPPictureFree(&picture);
    WebPMemoryWriterClear(&writer);
  }
  Coded(const Coded&) = delete;
  Coded& operator=(const Coded&) = delete;
};

struct Assembled {
  WebPData data;
  Assembled() { WebPDataInit(&data); }
  ~Assembled() { WebPDataClear(&data); }
  Assembled(const Assembled&) = delete;
  Assembled& operator=(const Assembled&) = delete;
};

// Returns one frame as the bytes of a WebP image, lossless if `exact` is true.
std::string coded(const Raster& raster, float quality, bool exact) {
  check(raster.width <= WEBP_MAX_DIMENSION && raster.height <= WEBP_MAX_DIMENSION, "webp",
        "frames of ", raster.width, " x ", raster.height, " pixels: each side is at most ",
        WEBP_MAX_DIMENSION);
  WebPConfig config;
  check(WebPConfigPreset(&config, WEBP_PRESET_DRAWING, quality) != 0, "webp", "quality ", quality,
        " is not in 0 to 100");
  config.method = 2;
  if (exact)
    check(WebPConfigLosslessPreset(&config, 4) != 0, "webp", "libwebp has no lossless preset");
  Coded frame;
  frame.picture.use_argb = 1;
  frame.picture.width = int(raster.width);
  frame.picture.height = int(raster.height);
  frame.picture.writer = WebPMemoryWrite;
  frame.picture.custom_ptr = &frame.writer;
  check(WebPPictureAlloc(&frame.picture) != 0, "webp", "no memory for a frame");
  for (std::size_t row = 0; row < raster.height; ++row) {
    const std::uint32_t* from = raster.rgb.data() + row * raster.width;
    std::uint32_t* to = frame.picture.argb + row * std::size_t(frame.picture.argb_stride);
    std::transform(from, from + raster.width, to,
                   [](std::uint32_t rgb) { return 0xFF000000u | rgb; });
  }
  check(WebPEncode(&config, &frame.picture) != 0, "webp",
        "a frame could not be coded: libwebp error ", int(frame.picture.error_code));
  return {reinterpret_cast<const char*>(frame.writer.mem), frame.writer.size};
}

}  // namespace

Picture frame(const Animation& animation, std::size_t index) {
  check(index < animation.durations.size(), "webp", "frame ", index, " of an animation of ",
        animation.durations.size());
  return {animation.width, animation.height,
          [draw = animation.draw, index](Canvas& canvas) { draw(canvas, index); }};
}

std::string webp(const Animation& animation, double scale, float quality) {
  const std::size_t count = animation.durations.size();
  check(count > 0, "webp", "an animation without frames; give at least one");
  std::vector<std::string> frames(count);
  std::atomic<std::size_t> next{0};
  std::exception_ptr error;
  std::mutex guard;
  const auto work = [&] {
    for (std::size_t k = next++; k < count; k = next++) {
      try {
        const bool rests = k == 0 || k + 1 == count;  // the ends are shown longer, so coded better
        frames[k] = coded(pixels(frame(animation, k), scale),
                          rests ? std::max(quality, 92.f) : quality, animation.exact);
      } catch (...) {
        const std::lock_guard lock(guard);
        error = std::current_exception();
      }
    }
  };
  {
    const std::size_t workers =
        std::min<std::size_t>(count, std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
    std::vector<std::jthread> threads;
    try {
      for (std::size_t k = 1; k < workers; ++k) threads.emplace_back(work);
    } catch (const std::system_error&) {
      // The system refuses more threads. The threads that exist do all of the work.
    }
    work();
  }
  if (error) std::rethrow_exception(error);

  std::unique_ptr<WebPMux, FreeWebp> mux(WebPMuxNew());
  check(mux != nullptr, "webp", "no memory for the animation");
  const WebPMuxAnimParams forever{0xFFFFFFFF, 0};
  bool good = WebPMuxSetAnimationParams(mux.get(), &forever) == WEBP_MUX_OK;
  for (std::size_t k = 0; k < count; ++k) {
    WebPMuxFrameInfo info{};
    info.bitstream = {reinterpret_cast<const std::uint8_t*>(frames[k].data()), frames[k].size()};
    info.duration = animation.durations[k];
    info.id = WEBP_CHUNK_ANMF;
    info.dispose_method = WEBP_MUX_DISPOSE_NONE;
    info.blend_method = WEBP_MUX_NO_BLEND;
    good = good && WebPMuxPushFrame(mux.get(), &info, 0) == WEBP_MUX_OK;
  }
  Assembled bytes;
  good = good && WebPMuxAssemble(mux.get(), &bytes.data) == WEBP_MUX_OK;
  check(good, "webp", "the frames could not be put together");
  return {reinterpret_cast<const char*>(bytes.data.bytes), bytes.data.size};
}

std::string webp_version() {
  const int v = WebPGetEncoderVersion();  // one byte for each part
  return std::to_string(v >> 16) + "." + std::to_string(v >> 8 & 0xFF) + "." +
         std::to_string(v & 0xFF);
}

}  // namespace pushforward::app
