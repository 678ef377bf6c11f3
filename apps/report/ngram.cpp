// Implements n-gram models. The probability of a length is a sum over all strings of this length.
#include "apps/report/ngram.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

constexpr double kMaxNumbers = 1 << 24;

}  // namespace

template <class F>
void Ngram::walk(std::span<const int> row, F f) const {
  // The context of the next token: the newest order - 1 tokens. At the beginning of a word these
  // are padding tokens.
  std::vector<int> context;
  if (pad_ >= 0) context.assign(std::size_t(order_ - 1), pad_);
  const auto step = [&](int token) {
    check(token >= 0 && token < vocabulary_, "ngram", "token ", token,
          " in a row, but the vocabulary has ", vocabulary_, " tokens");
    f(std::span<const int>(context), token);
    context.push_back(token);
    if (context.size() >= std::size_t(order_)) context.erase(context.begin());
  };
  for (int token : row) {
    if (token == pad_) break;
    step(token);
  }
  if (pad_ >= 0) step(pad_);
}

Ngram::Ngram(const TokenTable& table, int vocabulary, int order, int pad)
    : vocabulary_(vocabulary), order_(order), pad_(pad) {
  check(order >= 1 && vocabulary >= 1, "ngram", "order ", order, " over ", vocabulary,
        " tokens; both must be at least 1");
  check(pad < vocabulary, "ngram", "the pad is token ", pad, ", but the vocabulary has ",
        vocabulary, " tokens; give one of them, or -1");
  check(std::pow(double(vocabulary), order) <= kMaxNumbers, "ngram", "order ", order, " over ",
        vocabulary, " tokens needs more than 2^24 numbers; lower the order");
  check(table.rows() > 0, "ngram", "no rows to count; give at least one");
  count(table);
  if (pad_ >= 0) sum_over_lengths(table.length);
}

void Ngram::count(const TokenTable& table) {
  const auto V = std::size_t(vocabulary_);
  std::size_t size = V;
  for (int k = 0; k < order_; ++k, size *= V) tables_.emplace_back(size, 0.0);
  for (int i = 0; i < table.rows(); ++i) {
    const double weight = table.weights.empty() ? 1 : table.weights[std::size_t(i)] * table.rows();
    walk(table.row(i), [&](std::span<const int> context, int token) {
      std::size_t place = 0, scale = 1;
      for (std::size_t k = 0;; ++k, scale *= V) {
        tables_[k][place * V + std::size_t(token)] += weight;
        if (k == context.size()) break;
        place += std::size_t(context[context.size() - 1 - k]) * scale;
      }
    });
  }
  std::size_t shorter = 1;  // number of contexts that are one token shorter
  for (std::size_t k = 0; k < tables_.size(); ++k) {
    std::vector<double>& p = tables_[k];
    for (std::size_t h = 0; h * V < p.size(); ++h) {
      double total = 0, distinct = 0;
      for (std::size_t c = 0; c < V; ++c) {
        total += p[h * V + c];
        distinct += p[h * V + c] > 0;
      }
      for (std::size_t c = 0; c < V; ++c) {
        const double below = k == 0 ? 1.0 / double(V) : tables_[k - 1][h % shorter * V + c];
        double& here = p[h * V + c];
        here = total > 0 ? (here + distinct * below) / (total + distinct) : below;
      }
    }
    if (k > 0) shorter *= V;
  }
}

void Ngram::sum_over_lengths(int longest) {
  const auto V = std::size_t(vocabulary_), pad = std::size_t(pad_);
  const std::vector<double>& p = tables_.back();
  const std::size_t contexts = p.size() / V;
  std::vector<double> now(contexts, 0.0), next(contexts);
  std::size_t start = 0;
  for (int k = 1; k < order_; ++k) start = start * V + pad;
  now[start] = 1;
  // now[h] * exp(log_scale) is the probability that the letters so far end in context h.
  double log_scale = 0;
  for (int letters = 0; letters <= longest; ++letters) {
    double ends = 0, goes_on = 0;
    std::fill(next.begin(), next.end(), 0.0);
    for (std::size_t h = 0; h < contexts; ++h) {
      if (now[h] == 0) continue;
      ends += now[h] * p[h * V + pad];
      for (std::size_t c = 0; c < V; ++c) {
        if (c == pad) continue;
        const double way = now[h] * p[h * V + c];
        next[(h * V + c) % contexts] += way;
        goes_on += way;
      }
    }
    log_lengths_.push_back(std::log(ends) + log_scale);
    if (goes_on > 0) {
      for (double& x : next) x /= goes_on;
    }
    log_scale += std::log(goes_on);
    now.swap(next);
  }
}

double Ngram::probability(std::span<const int> context, int token) const {
  const std::size_t used = std::min(context.size(), std::size_t(order_ - 1));
  std::size_t place = 0;
  for (int c : context.subspan(context.size() - used))
    place = place * std::size_t(vocabulary_) + std::size_t(c);
  return tables_[used][place * std::size_t(vocabulary_) + std::size_t(token)];
}

double Ngram::log_probability(std::span<const int> row) const {
  double sum = 0;
  walk(row, [&](std::span<const int> context, int token) {
    sum += std::log(probability(context, token));
  });
  return sum;
}

double Ngram::log_length(int letters) const {
  check(pad_ >= 0, "ngram", "a model of windows of text has no lengths; use a model with a pad");
  check(letters >= 0 && std::size_t(letters) < log_lengths_.size(), "ngram", "words of ", letters,
        " letters; the table's rows hold at most ", log_lengths_.size() - 1);
  return log_lengths_[std::size_t(letters)];
}

double Ngram::log_probability_given_length(std::span<const int> row) const {
  const auto letters = std::find(row.begin(), row.end(), pad_) - row.begin();
  return log_probability(row) - log_length(int(letters));
}

}  // namespace pushforward::app
