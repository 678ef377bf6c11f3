// What discrete sources and data have in common: a distribution on sequences of L tokens out of V,
// from which any numbered row can be drawn.
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
  std::vector<int> labels{};      // (rows); empty: no classes
  std::vector<double> weights{};  // (rows), adding up to 1; empty: all alike

  int rows() const { return length > 0 ? static_cast<int>(tokens.size()) / length : 0; }
  // The tokens of row k, (length); does not check k.
  std::span<const int> row(int k) const {
    return {tokens.data() + std::size_t(k) * length, std::size_t(length)};
  }
};

// The discrete sibling of Distribution: row k of a stream depends on the stream's seed, purpose and
// step and on k alone. Drawing allocates nothing and may happen in several threads at a time.
class TokenDistribution {
 public:
  virtual ~TokenDistribution() = default;

  virtual int length() const = 0;      // L
  virtual int vocabulary() const = 0;  // V: tokens are 0 .. V - 1
  // Number of classes; 0: rows have no labels.
  virtual int classes() const { return 0; }
  // Writes rows first_row .. first_row + rows - 1 to out (rows, L), and their labels unless null.
  // Does not check: there is room for them.
  virtual void draw(Stream stream, std::uint32_t first_row, int rows, int* out,
                    int* labels = nullptr) const = 0;
  // The whole distribution, where it is a finite set that is kept; null otherwise.
  virtual const TokenTable* all() const { return nullptr; }
};

using TokenDistributionPtr = SharedDistribution<TokenDistribution>;

// Rows 0 .. n - 1 of a stream, (n, L); labels (n) unless null. Fails on n < 0.
std::vector<int> draw_rows(const TokenDistribution& distribution, Stream stream, int n,
                           std::vector<int>* labels = nullptr);

// The rows of a table, drawn with replacement by their weights (which need not add up to 1 here:
// the table is kept with weights that do). Fails, naming row, position and token, on a token
// outside [0, vocabulary); on a number of tokens that is not a number of rows; and on labels or
// weights that are not one a row, or negative.
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
  std::vector<double> cumulative_;  // of the weights; empty: all alike
};

// Windows of a long text: L tokens in a row, from a start drawn uniformly. Fails, naming the
// position, on a token outside [0, vocabulary), and on a text shorter than a window.
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

// Every token uniform on 0 .. V - 1, independently: the source of SourceKind::uniform as a
// distribution.
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
