#include "apps/sifted_law.h"

#include <fmt/format.h>

#include <utility>

#include "apps/failure.h"
#include "apps/token_texts.h"

namespace pushforward {
namespace {

constexpr std::uint64_t kMostTries = 100000;

}  // namespace

SiftedLaw::SiftedLaw(TokenLawPtr of, double share, bool held_out)
    : of_(std::move(of)), share_(share), held_out_(held_out) {}

void SiftedLaw::draw(Stream stream, std::uint32_t first_row, int rows, int* out,
                     int* labels) const {
  of_->draw(stream, first_row, rows, out, labels);
  const auto length = static_cast<std::size_t>(of_->length());
  for (int r = 0; r < rows; ++r, out += length) {
    const std::string_view bytes(reinterpret_cast<const char*>(out), length * sizeof(int));
    for (std::uint64_t tries = 1; is_held_out(bytes, share_) != held_out_; ++tries) {
      if (tries > kMostTries)
        throw Failure(Exit::usage,
                      fmt::format("[data] of {} rows {} held out with /data/held_out {}; {} it",
                                  kMostTries, held_out_ ? "none was" : "all were", share_,
                                  held_out_ ? "raise" : "lower"));
      // Other numbers for the same row: those of another seed, 2^64 over the golden ratio away.
      of_->draw({stream.seed + tries * 0x9e3779b97f4a7c15u, stream.purpose, stream.step},
                first_row + static_cast<std::uint32_t>(r), 1, out, labels ? labels + r : nullptr);
    }
  }
}

}  // namespace pushforward
