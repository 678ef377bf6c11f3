#include "apps/ranks/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "apps/formats/mapped_npy.h"
#include "apps/ranks/caught.h"
#include "apps/ranks/mpi.h"
#include "apps/terminal/message.h"
#include "nn/checkpoint/file.h"
#include "nn/training/trainer.h"

namespace pushforward::app {
namespace {

// What each process says at a meeting.
struct Word {
  std::int64_t failed = 0;
  FileMark mark{};
};

template <class Number>
std::span<std::byte> bytes_of(Number& number) {
  return std::as_writable_bytes(std::span(&number, 1));
}

// The totals of a process as a message.
struct Totals {
  SampleCost cost;
  std::int64_t failed = 0, first = 0, length = 0;  // of the failed rows, and of the text why
};

}  // namespace

void RowRanks::meet(const Failure* mine, FileMark mark, const std::string& what) {
  const auto n = static_cast<std::size_t>(ranks_.count()),
             me = static_cast<std::size_t>(ranks_.rank());
  std::vector<Word> words(n);
  words[me] = {mine != nullptr, mark};
  ranks_.gather(std::as_writable_bytes(std::span(words)), std::vector(n, sizeof(Word)));
  const auto bad = std::find_if(words.begin(), words.end(), [](Word word) { return word.failed; });
  if (bad != words.end()) {
    failed_ = true;
    const auto who = static_cast<int>(bad - words.begin());
    std::string text = mine ? mine->what() : "";
    std::int64_t about[] = {static_cast<std::int64_t>(text.size()),
                            mine ? static_cast<std::int64_t>(mine->code) : 0};
    ranks_.broadcast(who, std::as_writable_bytes(std::span(about)));
    text.resize(static_cast<std::size_t>(about[0]));
    ranks_.broadcast(who, std::as_writable_bytes(std::span(text.data(), text.size())));
    throw Failure(static_cast<Exit>(about[1]),
                  who == 0 ? text : fmt::format("{}\n   (in process {})", text, who));
  }
  for (std::size_t rank = 1; rank < n; ++rank) {
    if (words[rank].mark == words[0].mark) continue;
    failed_ = true;
    throw Failure(Exit::file, fmt::format("[mpi] process {} reads another {} than process 0; give "
                                          "all machines the same files",
                                          rank, what));
  }
}

void RowRanks::meet_with_file(const std::string& path) {
  FileMark mark;
  if (read_status(posix(), path).kind != FileKind::missing) mark = mark_of_file(path);
  meet(nullptr, mark, path);
}

RowsSolved RowRanks::solve(Workers& workers, Chunks chunks, std::span<const RowArray> arrays,
                           const std::function<RowsSolved()>& solve) {
  if (!std::exchange(told_, true) && chunks.count() < ranks_.count())
    tell(
        "[mpi] the rows have {} parts of up to {}, so {} of {} processes have nothing to do; start "
        "fewer processes, or ask for more rows",
        chunks.count(), chunks.size, ranks_.count() - chunks.count(), ranks_.count());
  meet();
  RowsSolved mine;
  std::optional<Failure> failure;
  workers.set_part({ranks_.rank(), ranks_.count()});
  try {
    mine = solve();
  } catch (...) {
    failure = caught_failure();
  }
  workers.set_part({});
  meet(failure ? &*failure : nullptr);
  return collect(chunks, arrays, std::move(mine));
}

// Sends the rows and totals of the other processes to process 0.
RowsSolved RowRanks::collect(Chunks chunks, std::span<const RowArray> arrays, RowsSolved mine) {
  const auto range = [&](int rank, const RowArray& array) {
    const ChunkPart part{rank, ranks_.count()};
    const auto begin = static_cast<std::size_t>(chunks.begin(part.first(chunks.count()))),
               end = static_cast<std::size_t>(
                   std::min(chunks.rows, chunks.begin(part.last(chunks.count()))));
    if (end <= begin) return std::span<std::byte>();
    return std::span(array.begin + begin * array.bytes, (end - begin) * array.bytes);
  };
  RowFailures& failures = mine.failures;
  if (!leads()) {
    for (const RowArray& array : arrays) ranks_.send(0, range(ranks_.rank(), array));
    Totals totals{mine.cost, failures.count, failures.first,
                  static_cast<std::int64_t>(failures.why.size())};
    ranks_.send(0, bytes_of(totals));
    ranks_.send(0, std::as_bytes(std::span(failures.why)));
    return mine;
  }
  for (int rank = 1; rank < ranks_.count(); ++rank) {
    for (const RowArray& array : arrays) ranks_.receive(rank, range(rank, array));
    Totals totals;
    ranks_.receive(rank, bytes_of(totals));
    std::string why(static_cast<std::size_t>(totals.length), ' ');
    ranks_.receive(rank, std::as_writable_bytes(std::span(why.data(), why.size())));
    mine.cost.add(totals.cost);
    failures.add({static_cast<int>(totals.failed), static_cast<int>(totals.first), why});
  }
  return mine;
}

RowsSolved share_rows(RowRanks* ranks, Workers& workers, Chunks chunks,
                      std::vector<RowArray> arrays, const std::function<RowsSolved()>& solve) {
  return ranks ? ranks->solve(workers, chunks, arrays, solve) : solve();
}

int run_in_ranks(const std::function<int(RowRanks*)>& verb) {
  const MpiSession session;
  if (!session.ranks()) return verb(nullptr);
  RowRanks ranks(*session.ranks());
  const Mute mute(!ranks.leads());
  std::optional<Failure> failure;
  try {
    try {
      const int code = verb(&ranks);
      ranks.meet();
      return ranks.leads() ? code : 0;
    } catch (const TrainingInterrupted&) {
      throw;
    } catch (...) {
      failure = caught_failure();
      if (!ranks.failed()) ranks.meet(&*failure);
    }
  } catch (const TrainingInterrupted&) {  // a signal ended the waiting for another process
    failure = Failure(Exit::interrupted, SamplingInterrupted().what());
  } catch (const Failure& first) {
    failure = first;
  }
  if (ranks.leads()) throw *failure;
  return 0;
}

}  // namespace pushforward::app
