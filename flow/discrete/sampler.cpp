#include "flow/discrete/sampler.h"

#include <algorithm>
#include <string>
#include <utility>

#include "autograd/inspect/listing.h"
#include "flow/discrete/draw.h"
#include "flow/discrete/step.h"
#include "flow/solve/time_grid.h"

namespace pushforward::inline PF_REAL {

struct TokenSampler::Impl {
  // What one thread works with.
  struct Lane {
    Lane(const TokenSamplerOptions& options, int length, int vocabulary)
        : draw(vocabulary, options.temperature, options.top_p),
          x(static_cast<std::size_t>(options.chunk) * length) {
      if (options.label_of) labels.resize(static_cast<std::size_t>(options.chunk));
    }
    Tape tape;
    TokenDraw draw;
    std::vector<int> x, labels;  // of the chunk in hand
    SampleCost cost;
  };

  // What all threads look at during a call.
  struct Call {
    std::uint64_t seed;
    const TokenLaw* source;
    std::span<const int> given;
  };

  Impl(Posterior p, TokenPath token_path, int tokens, TokenSamplerOptions chosen, Workers& crew,
       int saves)
      : posterior(std::move(p)),
        path(token_path),
        length(tokens),
        options(std::move(chosen)),
        workers(crew),
        times(chain_times(options.method, options.corrector, path.kappa, options.times())) {
    check(bool(posterior) && length > 0 && path.vocabulary > 0, "sample",
          "a posterior, a length and a vocabulary are needed, and they are ",
          posterior ? "given" : "missing", ", ", length, " and ", path.vocabulary);
    path.check_valid();
    check(options.chunk > 0, "sample", "chunks of ", options.chunk,
          " sequences; give at least one");
    check(saves == 0 || saves >= 2, "sample", saves,
          " points of a trajectory; give at least 2, or 0 for none");
    for (std::size_t i = 0; i + 1 < times.size(); ++i)
      steps.emplace_back(path, options.method, options.corrector, times[i], times[i + 1]);
    if (saves > 0)
      for (const SavePoint& s : evenly_saved(static_cast<int>(steps.size()), saves))
        saved_at.push_back(s.index + (s.fraction >= 0.5));
    for (int w = 0; w < workers.threads(); ++w)
      lanes.push_back(std::make_unique<Lane>(options, length, path.vocabulary));
  }

  void start(Lane& lane, const Call& call, int first) const;
  bool undecided(const Lane& lane, const Call& call) const;
  const real* evaluate(Lane& lane, double t) const;
  int step(Lane& lane, const Call& call, int first, int index) const;
  void carry(Lane& lane, const Call& call, int first, int rows, int n, int* out,
             int* trajectory) const;

  Posterior posterior;
  TokenPath path;
  int length;
  TokenSamplerOptions options;
  Workers& workers;
  std::vector<double> times;
  std::vector<TokenStep> steps;
  std::vector<int> saved_at;  // indices of times
  std::vector<std::unique_ptr<Lane>> lanes;
};

// The source's rows, with the given tokens in their places.
void TokenSampler::Impl::start(Lane& lane, const Call& call, int first) const {
  const Stream stream = sample_stream(call.seed);
  const auto row = static_cast<std::uint32_t>(first);
  if (path.source == SourceKind::data) {
    call.source->draw(stream, row, options.chunk, lane.x.data());
  } else if (path.source == SourceKind::uniform) {
    UniformTokens(length, path.vocabulary).draw(stream, row, options.chunk, lane.x.data());
  } else {
    std::ranges::fill(lane.x, path.mask());
  }
  for (std::size_t i = 0; i < lane.x.size() && !call.given.empty(); ++i) {
    const int token = call.given[i % static_cast<std::size_t>(length)];
    if (token >= 0) lane.x[i] = token;
  }
  for (std::size_t r = 0; r < lane.labels.size(); ++r)
    lane.labels[r] = options.label_of(first + static_cast<int>(r));
}

// Whether the network has anything to say about the chunk.
bool TokenSampler::Impl::undecided(const Lane& lane, const Call& call) const {
  for (std::size_t i = 0; i < lane.x.size(); ++i) {
    const bool given = !call.given.empty() && call.given[i % static_cast<std::size_t>(length)] >= 0;
    if (!given && !path.settled(lane.x[i])) return true;
  }
  return false;
}

// The posterior's logits at the chunk's states (chunk, L, V), on the lane's tape.
const real* TokenSampler::Impl::evaluate(Lane& lane, double t) const {
  const Var tv = lane.tape.full({options.chunk, 1}, static_cast<real>(t));
  const Var logits = posterior(lane.x, tv, lane.labels);
  const Shape wanted{options.chunk, length, path.vocabulary};
  check(logits && logits.shape() == wanted, "sample", "the posterior gave ",
        logits ? logits.shape() : Shape{}, " for ", options.chunk, " sequences of ", length,
        " tokens out of ", path.vocabulary, "; its logits are ", wanted);
  return logits.values().data();
}

// Returns the number of evaluations that it took, 0 or 1.
int TokenSampler::Impl::step(Lane& lane, const Call& call, int first, int index) const {
  const TokenStep& law = steps[static_cast<std::size_t>(index)];
  const bool asks = undecided(lane, call);
  if (!asks && !law.unsettles()) return 0;
  Scope scope(lane.tape);
  Pause pause(lane.tape);
  const real* logits = nullptr;
  if (asks) logits = evaluate(lane, law.from());
  const Stream stream{call.seed, Purpose::token_jump, static_cast<std::uint32_t>(index)};
  for (std::size_t i = 0; i < lane.x.size(); ++i) {
    const std::size_t place = i % static_cast<std::size_t>(length);
    int& x = lane.x[i];
    const bool settled = path.settled(x);
    if ((settled && !law.unsettles()) || (!call.given.empty() && call.given[place] >= 0)) continue;
    const int sample = first + static_cast<int>(i / static_cast<std::size_t>(length));
    const auto row = static_cast<std::uint32_t>(sample), at = static_cast<std::uint32_t>(place);
    const double u = stream.uniform(row, 4 * at);
    if (u >= law.most()) continue;
    int x1 = x;
    if (!settled) {
      x1 = lane.draw(logits + i * static_cast<std::size_t>(path.vocabulary),
                     stream.uniform(row, 4 * at + 1));
      if (x1 < 0) {
        const std::string where = "[sample] step " + std::to_string(index) +
                                  ", at t=" + std::to_string(law.from()) +
                                  ": the posterior of place " + std::to_string(place) +
                                  " is not finite (sample " + std::to_string(sample) + ")\n";
        throw IntegrationFailure(where + first_nonfinite(lane.tape).text, sample, index,
                                 law.from());
      }
    }
    const TokenMove move = law.move(x, x1);
    if (u < move.to_x1) {
      x = x1;
    } else if (u < move.to_x1 + move.fresh) {
      x = law.fresh_state(x, stream.uniform(row, 4 * at + 2));
    }
  }
  return asks;
}

void TokenSampler::Impl::carry(Lane& lane, const Call& call, int first, int rows, int n, int* out,
                               int* trajectory) const {
  const std::size_t size = static_cast<std::size_t>(rows) * length,
                    row = static_cast<std::size_t>(length);
  start(lane, call, first);
  std::size_t s = 0;
  const auto save = [&](int index) {
    for (; trajectory && s < saved_at.size() && saved_at[s] == index; ++s)
      std::copy_n(lane.x.data(), size, trajectory + (s * n + first) * row);
  };
  save(0);
  int evaluations = 0;
  for (int i = 0; i < static_cast<int>(steps.size()); ++i) {
    if (options.interrupted && options.interrupted()) throw SamplingInterrupted();
    evaluations += step(lane, call, first, i);
    save(i + 1);
  }
  std::copy_n(lane.x.data(), size, out + first * row);
  for (int r = 0; r < rows; ++r)
    lane.cost.add(RowCost{evaluations, static_cast<int>(steps.size()), 0});
}

TokenSampler::TokenSampler(Posterior posterior, TokenPath path, int length,
                           TokenSamplerOptions options, Workers& workers, int saves)
    : impl_(std::make_unique<Impl>(std::move(posterior), path, length, std::move(options), workers,
                                   saves)) {}

TokenSampler::~TokenSampler() = default;

SampleCost TokenSampler::sample(std::uint64_t seed, int n, int* out, const TokenLaw* source,
                                std::span<const int> given, int* trajectory) {
  Impl& s = *impl_;
  check(n >= 0, "sample", n, " samples asked for; give 0 or more");
  check(!trajectory || !s.saved_at.empty(), "sample",
        "a trajectory is asked of a sampler made without saves; say how many points");
  check((source != nullptr) == (s.path.source == SourceKind::data), "sample",
        source ? "a law of source rows is given, and the path begins at mask or uniform tokens"
               : "the path begins at rows of a law, and none is given");
  check(!source || (source->length() == s.length && source->vocabulary() == s.path.vocabulary),
        "sample", "the source has ", source ? source->length() : 0, " tokens out of ",
        source ? source->vocabulary() : 0, " and the path ", s.length, " out of ",
        s.path.vocabulary);
  check(given.empty() || static_cast<int>(given.size()) == s.length, "sample", given.size(),
        " given tokens for sequences of ", s.length, "; give one a place, -1 where it is free");
  for (std::size_t l = 0; l < given.size(); ++l)
    check(given[l] >= -1 && given[l] < s.path.vocabulary, "sample", "place ", l,
          " is given as token ", given[l], ", and the vocabulary has ", s.path.vocabulary,
          ", 0 to ", s.path.vocabulary - 1, "; -1 leaves a place free");
  for (auto& lane : s.lanes) lane->cost = {};
  const Impl::Call call{seed, source, given};
  const Chunks chunks{n, s.options.chunk};
  s.workers.run(chunks.count(), [&](int i, int worker) {
    s.carry(*s.lanes[static_cast<std::size_t>(worker)], call, chunks.begin(i), chunks.rows_of(i), n,
            out, trajectory);
  });
  SampleCost total;
  for (auto& lane : s.lanes) total.add(lane->cost);
  return total;
}

const std::vector<double>& TokenSampler::times() const { return impl_->times; }

std::vector<double> TokenSampler::save_times() const {
  std::vector<double> times;
  for (int index : impl_->saved_at) times.push_back(impl_->times[static_cast<std::size_t>(index)]);
  return times;
}

}  // namespace pushforward::inline PF_REAL
