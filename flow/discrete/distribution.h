// The interface of discrete sources and data: a distribution on sequences of L tokens from a
// vocabulary of V tokens. Row k of an unlimited stream of random sequences can be drawn for any k.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/tensor/rng.h"
#include "flow/distributions/shared.h"

namespace pushforward {

// A finite set of sequences (rows, length), each equally likely unless weights are given.
struct TokenTable {
  int length = 0;
  std::vector<int> tokens{};      // (rows, length), row-major
  std::vector<int> labels{};      // (rows), or empty if there are no classes
  std::vector<double> weights{};  // (rows), with sum 1, or empty if all are equal

  int rows() const { return length > 0 ? static_cast<int>(tokens.size()) / length : 0; }
  // Returns the tokens of row k, (length); does not check k.
  std::span<const int> row(int k) const {
    return {tokens.data() + std::size_t(k) * length, std::size_t(length)};
  }
};

// Returns the numbers of the rows that have every token of `given` (L) at the token's position; -1
// in `given` stands for any token. Fails if `given` has another length than the rows.
std::vector<int> rows_with(const TokenTable& table, std::span<const int> given);
// Returns the rows of `table` with the numbers in `rows`, with their labels, and with their weights
// scaled to the sum 1. Fails on a row that the table does not have.
TokenTable select_rows(const TokenTable& table, std::span<const int> rows);

// A distribution on token sequences, as Distribution is one on points. Row k of a random stream
// depends on the stream's seed, purpose and step and on k alone. Drawing allocates nothing and may
// happen on several threads at the same time.
class TokenDistribution {
 public:
  virtual ~TokenDistribution() = default;

  virtual int length() const = 0;      // L, the number of tokens in a sequence
  virtual int vocabulary() const = 0;  // V: tokens are 0 .. V - 1
  // The number of classes; 0 if rows have no labels.
  virtual int classes() const { return 0; }
  // Writes rows first_row .. first_row + rows - 1 to out (rows, L), and their labels to `labels`
  // (rows) unless it is null. Does not check the memory of `out` and `labels`.
  virtual void draw(Stream stream, std::uint32_t first_row, int rows, int* out,
                    int* labels = nullptr) const = 0;
  // Returns the table of all rows if the distribution is a finite set, and null otherwise.
  virtual const TokenTable* all() const { return nullptr; }
};

using TokenDistributionPtr = SharedDistribution<TokenDistribution>;

// Returns rows 0 .. n - 1 of a stream, (n, L). Also writes their labels to `labels`, which is
// resized to n, unless it is null. Fails on n < 0.
std::vector<int> draw_rows(const TokenDistribution& distribution, Stream stream, int n,
                           std::vector<int>* labels = nullptr);

// Rows of a table, drawn with replacement in proportion to their weights. The weights need not add
// up to 1; they are normalised. Fails on a token outside [0, vocabulary), naming row, position and
// token; on a number of tokens that is not a multiple of the length; and on labels or weights that
// are negative, or not one per row.
class TableDistribution final : public TokenDistribution {
 public:
  TableDistribution(TokenTable table, int vocabulary);

  int length() const override { return table_.length; }
  int vocabulary() const override { return vocabulary_; }
  int classes() const override { return classes_; }
  void draw(Stream stream, std::uint32_t first_row, int rows, int* out,
            int* labels = nullptr) const override;
  const TokenTable* all() const override { return &table_; }

 private:
  TokenTable table_;
  int vocabulary_;
  int classes_ = 0;
  std::vector<double> cumulative_;  // cumulative weights, or empty if all are equal
};

// Windows of a long text: L consecutive tokens, with a uniformly drawn start. Fails on a token
// outside [0, vocabulary), naming its position, and on a text that is shorter than L.
class WindowDistribution final : public TokenDistribution {
 public:
  WindowDistribution(std::vector<int> text, int length, int vocabulary);

  int length() const override { return length_; }
  int vocabulary() const override { return vocabulary_; }
  void draw(Stream stream, std::uint32_t first_row, int rows, int* out,
            int* labels = nullptr) const override;
  const std::vector<int>& text() const { return text_; }

 private:
  std::vector<int> text_;
  int length_, vocabulary_;
};

// Independent uniform tokens on 0 .. V - 1: the source of SourceKind::uniform as a distribution.
// Fails unless length and vocabulary are positive.
class UniformTokens final : public TokenDistribution {
 public:
  UniformTokens(int length, int vocabulary);

  int length() const override { return length_; }
  int vocabulary() const override { return vocabulary_; }
  void draw(Stream stream, std::uint32_t first_row, int rows, int* out,
            int* labels = nullptr) const override;

 private:
  int length_, vocabulary_;
};

}  // namespace pushforward
