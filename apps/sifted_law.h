// A law of tokens in two parts, told apart by a hash of each row: what is trained on, and what is
// held out.
#pragma once

#include "flow/token_law.h"

namespace pushforward {

// The rows of `of` that is_held_out(row, share) says are held out, or all others: what is of the
// other part is drawn again. Row k still depends on the stream and on k alone.
class SiftedLaw final : public TokenLaw {
 public:
  SiftedLaw(TokenLawPtr of, double share, bool held_out);

  int length() const override { return of_->length(); }
  int vocabulary() const override { return of_->vocabulary(); }
  int classes() const override { return of_->classes(); }
  // Failure (exit 2) where 100,000 rows in a row are of the other part.
  void draw(Stream stream, std::uint32_t first_row, int rows, int* out,
            int* labels = nullptr) const override;

 private:
  TokenLawPtr of_;
  double share_;
  bool held_out_;
};

}  // namespace pushforward
