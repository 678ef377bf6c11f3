#include "flow/discrete/sampler.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "autograd/inspect/listing.h"
#include "flow/discrete/draw.h"
#include "flow/discrete/step.h"
#include "flow/path/time_grid.h"

namespace pushforward::inline PF_REAL {

using detail::check;

struct TokenSampler::Impl {
  // The workspace of one thread.
  struct Workspace : RowTotals {
    Workspace(const TokenSamplerOptions& options, int length, int vocabulary)
        : draw(vocabulary, options.temperature, options.top_p, options.top_k),
          x(static_cast<std::size_t>(options.chunk) * length) {
      if (options.remasking.kind == Remasking::Kind::confidence) {
        drawn_with.resize(x.size(), 1.);
        share.resize(x.size());
      }
      if (options.order != UnmaskingOrder::random) ranked.reserve(static_cast<std::size_t>(length));
      if (options.label_of) labels.resize(static_cast<std::size_t>(options.chunk));
    }
    Tape tape;
    TokenDraw draw;
    std::vector<int> x, labels;  // states and labels of the current chunk
    // With Remasking::confidence: the probability with which each token was drawn, and its share.
    std::vector<double> drawn_with, share;
    std::vector<std::pair<double, int>> ranked;  // masked positions of a row with minus their score
  };

  // The arguments of a call of `sample`, which all threads read.
  struct Call {
    std::uint64_t seed;
    const TokenDistribution* source;
    std::span<const int> given;
  };

  Impl(Posterior p, TokenPath token_path, int tokens, TokenSamplerOptions chosen, Workers& crew,
       int saves)
      : posterior(std::move(p)),
        path(token_path),
        length(tokens),
        options(std::move(chosen)),
        times(options.remasking.with_loop(
            chain_times(options.method, options.corrector, path, options.times()))),
        loop(crew, options.chunk) {
    check(bool(posterior) && length > 0 && path.vocabulary > 0, "sample",
          "a posterior, a positive length and a positive vocabulary are needed, but they are ",
          posterior ? "given" : "missing", ", ", length, " and ", path.vocabulary);
    path.check_valid();
    check(options.chunk > 0, "sample", "chunks of ", options.chunk,
          " sequences; give at least one");
    check(saves == 0 || saves >= 2, "sample", saves,
          " points of a trajectory; give at least 2, or 0 for none");
    check_unmasking();
    for (std::size_t i = 0; i + 1 < times.size(); ++i) {
      if (options.remasking.kind == Remasking::Kind::none)
        steps.emplace_back(path, options.method, options.corrector, times[i], times[i + 1]);
      else
        steps.emplace_back(path, options.remasking, times[i], times[i + 1]);
    }
    if (saves > 0)
      for (const SavePoint& s : evenly_saved(static_cast<int>(steps.size()), saves))
        saved_at.push_back(s.index + (s.fraction >= 0.5));
    loop.make(options, length, path.vocabulary);
  }

  void check_unmasking() const;
  void check_start(std::span<const int> given) const;
  void start(Workspace& workspace, const Call& call, int first) const;
  bool undecided(const Workspace& workspace, const Call& call) const;
  const real* evaluate(Workspace& workspace, double t) const;
  int step(Workspace& workspace, const Call& call, int first, int index) const;
  bool fixed(const Call& call, std::size_t position) const {
    return !call.given.empty() && call.given[position] >= 0;
  }
  int draw_token(Workspace& workspace, const real* logits, std::size_t i, int first, int index,
                 const Stream& stream) const;
  void unmask_in_order(Workspace& workspace, const Call& call, const real* logits, int first,
                       int index, const Stream& stream) const;
  void share_remasking(Workspace& workspace, const Call& call) const;
  void simulate(Workspace& workspace, const Call& call, int first, int rows, int n, int* out,
                int* trajectory) const;

  Posterior posterior;
  TokenPath path;
  int length;
  TokenSamplerOptions options;
  std::vector<double> times;
  std::vector<TokenStep> steps;
  std::vector<int> saved_at;  // indices in `times` of the saved times
  ChunkLoop<Workspace> loop;
};

// Checks that remasking and order fit the other options.
void TokenSampler::Impl::check_unmasking() const {
  const bool remasks = options.remasking.kind != Remasking::Kind::none,
             orders = options.order != UnmaskingOrder::random,
             corrects = options.corrector.kind != Corrector::Kind::none;
  options.remasking.check_valid();
  if (!remasks && !orders) return;
  const std::string what = remasks ? "remasking \"" + name_of(options.remasking.kind) + "\""
                                   : "order \"" + name_of(options.order) + "\"";
  check(path.from_masks(), "sample", "the ", what,
        " is of masked tokens, but the path is not the mixture path from masks; take it, or leave "
        "it out");
  check(options.method == CtmcMethod::kernel, "sample", "the ", what,
        " is of the exact kernel, but the method is another; take the kernel, or leave it out");
  check(!corrects, "sample", "the ", what, " and the corrector \"", name_of(options.corrector.kind),
        "\" both mask tokens again; leave one of them out");
  check(!remasks || !orders, "sample", "the ", what, " and the order \"", name_of(options.order),
        "\" both choose which tokens are masked; leave one of them out");
}

// Checks that the chain can start at its first time, and that `given` tokens are possible there.
void TokenSampler::Impl::check_start(std::span<const int> given) const {
  const double begin = times.front();
  const bool inside = !path.at_source(begin);
  const bool some = std::any_of(given.begin(), given.end(), [](int token) { return token >= 0; });
  check(!some || path.from_masks(), "sample",
        "tokens are given, but the path is not the mixture path from masks, so the posterior does "
        "not see which tokens are known; take it, or condition the rows of an oracle (rows_with)");
  check(!some || !inside, "sample", "tokens are given, but the chain begins at t = ", begin,
        ", from states that do not depend on them; begin at t = 0");
  check(!inside || options.start, "sample", "the chain begins at t = ", begin,
        ", where the states are not those of the source, and no law to start from is given; set "
        "start to the law of the path there (TokenPathLaw), or begin at t = 0");
  check(!inside ||
            (options.start->length() == length && options.start->vocabulary() == path.states()),
        "sample", "the chain starts from ", options.start ? options.start->length() : 0,
        " tokens out of ", options.start ? options.start->vocabulary() : 0, " states, and has ",
        length, " out of ", path.states(), "; both must agree");
}

// Draws the states of the chunk's rows at the first time of the chain, and sets the given tokens in
// them.
void TokenSampler::Impl::start(Workspace& workspace, const Call& call, int first) const {
  const Stream stream = sample_stream(call.seed);
  const auto row = static_cast<std::uint32_t>(first);
  if (!path.at_source(times.front())) {
    options.start->draw(stream, row, options.chunk, workspace.x.data());
  } else if (path.source == SourceKind::data) {
    call.source->draw(stream, row, options.chunk, workspace.x.data());
  } else if (path.source == SourceKind::uniform) {
    UniformTokens(length, path.vocabulary).draw(stream, row, options.chunk, workspace.x.data());
  } else {
    std::ranges::fill(workspace.x, path.mask());
  }
  for (std::size_t i = 0; i < workspace.x.size() && !call.given.empty(); ++i) {
    const int token = call.given[i % static_cast<std::size_t>(length)];
    if (token >= 0) workspace.x[i] = token;
  }
  std::ranges::fill(workspace.drawn_with, 1.);
  options.labels_of(first, workspace.labels);
}

// Returns whether some token of the chunk is neither given by the caller nor unmasked, so that the
// network has to be evaluated.
bool TokenSampler::Impl::undecided(const Workspace& workspace, const Call& call) const {
  for (std::size_t i = 0; i < workspace.x.size(); ++i) {
    if (!fixed(call, i % static_cast<std::size_t>(length)) && !path.unmasked(workspace.x[i]))
      return true;
  }
  return false;
}

// Returns the posterior's logits (chunk, L, V) at the chunk's states, on the workspace's tape.
const real* TokenSampler::Impl::evaluate(Workspace& workspace, double t) const {
  const Var tv = workspace.tape.full({options.chunk, 1}, static_cast<real>(t));
  return checked_logits("sample", posterior, path, length, workspace.x, tv, workspace.labels)
      .values()
      .data();
}

// Draws the token x1 of element i of the chunk from its posterior.
int TokenSampler::Impl::draw_token(Workspace& workspace, const real* logits, std::size_t i,
                                   int first, int index, const Stream& stream) const {
  const std::size_t position = i % static_cast<std::size_t>(length);
  const int sample = first + static_cast<int>(i / static_cast<std::size_t>(length));
  const int x1 = workspace.draw(logits + i * static_cast<std::size_t>(path.vocabulary),
                                stream.uniform(static_cast<std::uint32_t>(sample),
                                               4 * static_cast<std::uint32_t>(position) + 1));
  if (x1 >= 0) return x1;
  const double t = steps[static_cast<std::size_t>(index)].from();
  const std::string where = "[sample] step " + std::to_string(index) +
                            ", at t=" + std::to_string(t) + ": the posterior of position " +
                            std::to_string(position) + " is not finite (sample " +
                            std::to_string(sample) + ")\n";
  throw IntegrationFailure(where + first_nonfinite(workspace.tape).text, sample, index, t);
}

// Unmasks as many tokens of each row as the step would without an order: those of the highest
// scores and, among equal ones, of the first positions.
void TokenSampler::Impl::unmask_in_order(Workspace& workspace, const Call& call, const real* logits,
                                         int first, int index, const Stream& stream) const {
  const auto row = static_cast<std::size_t>(length);
  const double jump = steps[static_cast<std::size_t>(index)].max_probability();
  for (std::size_t begin = 0; begin < workspace.x.size(); begin += row) {
    const auto sample = static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(begin / row);
    workspace.ranked.clear();
    std::ptrdiff_t count = 0;
    for (std::size_t l = 0; l < row; ++l) {
      if (path.unmasked(workspace.x[begin + l]) || fixed(call, l)) continue;
      count += stream.uniform(sample, 4 * static_cast<std::uint32_t>(l)) < jump;
      const real* here = logits + (begin + l) * static_cast<std::size_t>(path.vocabulary);
      const double score = unmasking_score(options.order, here, path.vocabulary);
      // A posterior without a score comes first, so that drawing its token reports it.
      workspace.ranked.emplace_back(std::isnan(score) ? -INFINITY : -score, static_cast<int>(l));
    }
    std::partial_sort(workspace.ranked.begin(), workspace.ranked.begin() + count,
                      workspace.ranked.end());
    for (std::ptrdiff_t k = 0; k < count; ++k) {
      const std::size_t i =
          begin + static_cast<std::size_t>(workspace.ranked[static_cast<std::size_t>(k)].second);
      workspace.x[i] = draw_token(workspace, logits, i, first, index, stream);
    }
  }
}

// Writes each token's share of sigma, softmax(-psi) over the unmasked tokens of its sequence that
// are not given, where psi is the probability with which the token was drawn.
void TokenSampler::Impl::share_remasking(Workspace& workspace, const Call& call) const {
  const auto row = static_cast<std::size_t>(length);
  for (std::size_t begin = 0; begin < workspace.x.size(); begin += row) {
    double sum = 0;
    for (std::size_t l = 0; l < row; ++l) {
      const std::size_t i = begin + l;
      const bool free = path.unmasked(workspace.x[i]) && !fixed(call, l);
      sum += workspace.share[i] = free ? std::exp(-workspace.drawn_with[i]) : 0;
    }
    for (std::size_t l = 0; l < row && sum > 0; ++l) workspace.share[begin + l] /= sum;
  }
}

// Takes one step of the chain, and returns the number of evaluations of the posterior that it
// needed, 0 or 1.
int TokenSampler::Impl::step(Workspace& workspace, const Call& call, int first, int index) const {
  const TokenStep& chain_step = steps[static_cast<std::size_t>(index)];
  const bool asks = undecided(workspace, call);
  if (!asks && !chain_step.remasks()) return 0;
  Scope scope(workspace.tape);
  Pause pause(workspace.tape);
  const real* logits = nullptr;
  if (asks) logits = evaluate(workspace, chain_step.from());
  const Stream stream{call.seed, Purpose::token_jump, static_cast<std::uint32_t>(index)};
  if (options.order != UnmaskingOrder::random) {
    unmask_in_order(workspace, call, logits, first, index, stream);
    return 1;
  }
  const bool shares = options.remasking.kind == Remasking::Kind::confidence;
  if (shares && chain_step.remasks()) share_remasking(workspace, call);
  for (std::size_t i = 0; i < workspace.x.size(); ++i) {
    const std::size_t position = i % static_cast<std::size_t>(length);
    int& x = workspace.x[i];
    const bool unmasked = path.unmasked(x);
    if ((unmasked && !chain_step.remasks()) || fixed(call, position)) continue;
    const int sample = first + static_cast<int>(i / static_cast<std::size_t>(length));
    const auto row = static_cast<std::uint32_t>(sample), at = static_cast<std::uint32_t>(position);
    const double u = stream.uniform(row, 4 * at);
    if (u >= chain_step.max_probability()) continue;
    int x1 = x;
    if (!unmasked) x1 = draw_token(workspace, logits, i, first, index, stream);
    const TokenMove move = chain_step.move(x, x1, shares && unmasked ? workspace.share[i] : 1);
    if (u < move.to_x1) {
      x = x1;
      if (shares) workspace.drawn_with[i] = workspace.draw.probability(x1);
    } else if (u < move.to_x1 + move.resampled) {
      x = chain_step.other_state(x, x1, stream.uniform(row, 4 * at + 2));
    }
  }
  return asks;
}

void TokenSampler::Impl::simulate(Workspace& workspace, const Call& call, int first, int rows,
                                  int n, int* out, int* trajectory) const {
  const std::size_t size = static_cast<std::size_t>(rows) * length,
                    row = static_cast<std::size_t>(length);
  start(workspace, call, first);
  std::size_t s = 0;
  const auto save = [&](int index) {
    for (; trajectory && s < saved_at.size() && saved_at[s] == index; ++s)
      std::copy_n(workspace.x.data(), size, trajectory + (s * n + first) * row);
  };
  save(0);
  int evaluations = 0;
  for (int i = 0; i < static_cast<int>(steps.size()); ++i) {
    options.check_interrupted();
    evaluations += step(workspace, call, first, i);
    save(i + 1);
  }
  std::copy_n(workspace.x.data(), size, out + first * row);
  for (int r = 0; r < rows; ++r)
    workspace.cost.add(RowCost{evaluations, static_cast<int>(steps.size()), 0});
}

TokenSampler::TokenSampler(Posterior posterior, TokenPath path, int length,
                           TokenSamplerOptions options, Workers& workers, int saves)
    : impl_(std::make_unique<Impl>(std::move(posterior), path, length, std::move(options), workers,
                                   saves)) {}

TokenSampler::~TokenSampler() = default;

SampleCost TokenSampler::sample(std::uint64_t seed, int n, int* out,
                                const TokenDistribution* source, std::span<const int> given,
                                int* trajectory) {
  Impl& s = *impl_;
  check(n >= 0, "sample", n, " samples asked for; give 0 or more");
  check(
      !trajectory || !s.saved_at.empty(), "sample",
      "a trajectory is requested, but the sampler was made with saves = 0; set saves to the number of points");
  check(
      (source != nullptr) == (s.path.source == SourceKind::data), "sample",
      source
          ? "a distribution of source rows is given, but the path begins at mask or uniform tokens"
          : "the path begins at rows of a distribution, but none is given");
  check(!source || (source->length() == s.length && source->vocabulary() == s.path.vocabulary),
        "sample", "the source has ", source ? source->length() : 0, " tokens out of ",
        source ? source->vocabulary() : 0, " and the path ", s.length, " out of ",
        s.path.vocabulary);
  check(given.empty() || static_cast<int>(given.size()) == s.length, "sample", given.size(),
        " given tokens for sequences of ", s.length,
        "; give one per position, and -1 for a free one");
  for (std::size_t l = 0; l < given.size(); ++l)
    check(given[l] >= -1 && given[l] < s.path.vocabulary, "sample", "position ", l,
          " is given as token ", given[l], ", and the vocabulary has ", s.path.vocabulary,
          ", 0 to ", s.path.vocabulary - 1, "; -1 leaves a position free");
  s.check_start(given);
  const Impl::Call call{seed, source, given};
  const auto simulate = [&](Impl::Workspace& workspace, int first, int rows) {
    s.simulate(workspace, call, first, rows, n, out, trajectory);
  };
  return s.loop.count(n, simulate).cost;
}

const std::vector<double>& TokenSampler::times() const { return impl_->times; }

std::vector<double> TokenSampler::save_times() const {
  std::vector<double> times;
  for (int index : impl_->saved_at) times.push_back(impl_->times[static_cast<std::size_t>(index)]);
  return times;
}

}  // namespace pushforward::inline PF_REAL
